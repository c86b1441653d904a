package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;

/**
 * For each position of a probe, its key's rows: consolidated, in the arrangement's order.
 *
 * @param rows the rows of all positions, one position after the other
 * @param offsets rows of position i go from {@code offsets[i]} to {@code offsets[i + 1]}; not to be
 *     written to
 */
@SuppressWarnings("ArrayRecordComponent") // columnar data is arrays, read-only by contract
public record KeyGroups(Batch rows, int[] offsets) {}
