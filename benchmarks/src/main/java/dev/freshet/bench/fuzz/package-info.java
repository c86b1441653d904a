/**
 * {@code ./prove fuzz}: random queries over random changes, each view compared with DuckDB after
 * every step. Must not know how the engine works.
 */
@NullMarked
package dev.freshet.bench.fuzz;

import org.jspecify.annotations.NullMarked;
