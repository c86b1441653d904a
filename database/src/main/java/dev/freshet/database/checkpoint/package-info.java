/**
 * When to save the engine's state, and which part of the log may then be forgotten. Must not know
 * what the state is.
 */
@NullMarked
package dev.freshet.database.checkpoint;

import org.jspecify.annotations.NullMarked;
