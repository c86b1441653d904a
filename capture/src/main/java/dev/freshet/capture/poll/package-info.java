/**
 * Tables of any database with a JDBC driver, asked again and again for the rows that have changed.
 * Knows nothing of one database's own ways but the names of a few types.
 */
@NullMarked
package dev.freshet.capture.poll;

import org.jspecify.annotations.NullMarked;
