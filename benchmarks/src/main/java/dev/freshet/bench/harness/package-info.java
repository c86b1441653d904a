/**
 * What every benchmark and proof is made of: options, figures, tallies. Must not know any one of
 * them.
 */
@NullMarked
package dev.freshet.bench.harness;

import org.jspecify.annotations.NullMarked;
