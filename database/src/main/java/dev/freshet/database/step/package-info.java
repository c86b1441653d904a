/**
 * The step: takes what stands in the log, through the gate, into the engine, and moves everything
 * forward together. Must not know sources, the lake or the edges; they listen.
 */
@NullMarked
package dev.freshet.database.step;

import org.jspecify.annotations.NullMarked;
