/**
 * The dataflow: a plan as a graph of incremental operators that share sub-plans and arrangements.
 * Knows plans and arrangements; must not know tables' upserts, checkpoints' files or the public
 * interface.
 */
@NullMarked
package dev.freshet.engine.circuit;

import org.jspecify.annotations.NullMarked;
