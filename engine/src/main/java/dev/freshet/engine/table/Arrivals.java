package dev.freshet.engine.table;

import dev.freshet.core.batch.Batch;

/**
 * The single changes of a table in a step, in order.
 *
 * @param rows -1 for a row that went, +1 for one that came; not consolidated
 * @param changes for each row the number of the change that it belongs to, counted through the step
 */
@SuppressWarnings("ArrayRecordComponent") // columnar data is arrays, read-only by contract
public record Arrivals(Batch rows, int[] changes) {}
