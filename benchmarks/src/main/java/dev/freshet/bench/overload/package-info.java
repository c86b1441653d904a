/**
 * The proof that too much is slowed down or refused, and neither fills the heap nor loses what was
 * acknowledged.
 */
@NullMarked
package dev.freshet.bench.overload;

import org.jspecify.annotations.NullMarked;
