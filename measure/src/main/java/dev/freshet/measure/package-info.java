/**
 * What the processes that a benchmark compares share: the same events, taken the same figures of,
 * told the same way. Must know neither Freshet nor a peer, and has no dependencies, so that it goes
 * on any class path.
 */
@NullMarked
package dev.freshet.measure;

import org.jspecify.annotations.NullMarked;
