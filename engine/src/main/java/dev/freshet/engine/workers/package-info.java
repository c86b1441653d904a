/**
 * The threads that share the work of a step. Knows nothing of operators: only how parts that do not
 * depend on each other are given out, and how their results come back in order.
 */
@NullMarked
package dev.freshet.engine.workers;

import org.jspecify.annotations.NullMarked;
