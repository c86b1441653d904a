/**
 * Window functions over the ordered rows of partitions: frames, ranks, and what is computed over a
 * frame. Knows batches and the plan's calls; must not know where the rows come from or what
 * changed.
 */
@NullMarked
package dev.freshet.engine.over;

import org.jspecify.annotations.NullMarked;
