/**
 * The Nexmark queries as maintained views over events of our own generator. Must not know other
 * benchmarks.
 */
@NullMarked
package dev.freshet.bench.nexmark;

import org.jspecify.annotations.NullMarked;
