/**
 * Plans of results that come out once, when the watermark has passed them: where that can be proven
 * from the columns, and how. Knows plans only; must not know how they came to be or how they run.
 */
@NullMarked
package dev.freshet.sql.eventtime;

import org.jspecify.annotations.NullMarked;
