/**
 * Databases with a JDBC driver: connections, names and types of columns, and what drivers report.
 * Must not know what is asked of them, nor by which kind of source.
 */
@NullMarked
package dev.freshet.capture.jdbc;

import org.jspecify.annotations.NullMarked;
