/** Passes over Calcite's algebra and over our plan, and what can be derived from a plan. */
@NullMarked
package dev.freshet.sql.optimize;

import org.jspecify.annotations.NullMarked;
