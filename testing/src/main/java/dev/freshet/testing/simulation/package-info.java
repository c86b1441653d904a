/**
 * The ports to time, storage and threads, simulated: one thread, one seed, a disk that loses what
 * was not synced, and faults on request. Must not know what runs on it.
 */
@NullMarked
package dev.freshet.testing.simulation;

import org.jspecify.annotations.NullMarked;
