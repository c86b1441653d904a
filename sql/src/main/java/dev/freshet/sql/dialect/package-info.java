/**
 * The SQL that is accepted: types, operators, names, and the parsing and validating of text with
 * Calcite. Must not know plans.
 */
@NullMarked
package dev.freshet.sql.dialect;

import org.jspecify.annotations.NullMarked;
