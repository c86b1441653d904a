/**
 * Evaluates the plan's scalar expressions over whole batches with vectorised kernels. Knows batches
 * and expressions; must not know operators, state, or where batches come from.
 */
@NullMarked
package dev.freshet.engine.expression;

import org.jspecify.annotations.NullMarked;
