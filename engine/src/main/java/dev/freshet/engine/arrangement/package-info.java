/**
 * State of the engine: sorted immutable runs of weighted rows, found by key, merged with bounded
 * work. Knows only batches; must not know plans, operators or steps.
 */
@NullMarked
package dev.freshet.engine.arrangement;

import org.jspecify.annotations.NullMarked;
