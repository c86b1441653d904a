/** Proves that state may be larger than memory. Must not know other proofs. */
@NullMarked
package dev.freshet.bench.memory;

import org.jspecify.annotations.NullMarked;
