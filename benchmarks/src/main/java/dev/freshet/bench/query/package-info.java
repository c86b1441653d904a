/** One-shot queries over many rows, beside DuckDB. */
@NullMarked
package dev.freshet.bench.query;

import org.jspecify.annotations.NullMarked;
