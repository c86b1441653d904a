/**
 * Statements of the library: definitions and changes of tables, read from text. Must not know how
 * queries are planned.
 */
@NullMarked
package dev.freshet.sql.statement;

import org.jspecify.annotations.NullMarked;
