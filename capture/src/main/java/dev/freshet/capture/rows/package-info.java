/**
 * Rows as senders write them - JSON, lines of JSON, CSV, CloudEvents - into typed rows of a table,
 * by its contract; {@link dev.freshet.capture.rows.RowsBuilder} for those that decode another form.
 * A row that does not fit is refused with its reason and stops no other. Shared by every source
 * whose rows come as such texts. Must not know where they come from.
 */
@NullMarked
package dev.freshet.capture.rows;

import org.jspecify.annotations.NullMarked;
