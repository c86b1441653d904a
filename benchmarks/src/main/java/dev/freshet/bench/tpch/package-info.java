/**
 * The 22 questions of the TPC-H benchmark as maintained views over data of our own, against DuckDB.
 * Must not know other proofs.
 */
@NullMarked
package dev.freshet.bench.tpch;

import org.jspecify.annotations.NullMarked;
