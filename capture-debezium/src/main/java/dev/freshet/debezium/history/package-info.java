/**
 * Which columns tables had along the server's log, as Debezium must know it: a file of lines. Must
 * not know Debezium.
 */
@NullMarked
package dev.freshet.debezium.history;

import org.jspecify.annotations.NullMarked;
