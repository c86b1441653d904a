/** Calcite's relational algebra to our own plan. Must not know SQL text. */
@NullMarked
package dev.freshet.sql.translate;

import org.jspecify.annotations.NullMarked;
