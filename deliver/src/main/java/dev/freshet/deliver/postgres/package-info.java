/**
 * A sink that writes to a table of a PostgreSQL, with its position in the same transaction. Must
 * not know what the rows mean.
 */
@NullMarked
package dev.freshet.deliver.postgres;

import org.jspecify.annotations.NullMarked;
