/**
 * GROUP BY: what is kept for a group, how changes are added to it, and what it answers. Knows
 * plans' aggregate calls and arrangements' sums; must not know the dataflow.
 */
@NullMarked
package dev.freshet.engine.aggregate;

import org.jspecify.annotations.NullMarked;
