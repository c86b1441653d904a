/**
 * A source of made-up rows, for demonstrations and load: what the n-th event is follows from the
 * seed and n alone, so that any start goes on without a gap or a repeat. Must not know the log.
 */
@NullMarked
package dev.freshet.capture.generator;

import org.jspecify.annotations.NullMarked;
