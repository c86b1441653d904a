/**
 * Benchmarks and proofs by name, and how their results are printed. The single runs live in
 * packages of their own.
 */
@NullMarked
package dev.freshet.bench;

import org.jspecify.annotations.NullMarked;
