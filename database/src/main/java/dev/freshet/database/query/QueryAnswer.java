package dev.freshet.database.query;

import dev.freshet.core.batch.Batch;

/**
 * The rows of one answer.
 *
 * @param step the step that the answer is true for
 * @param rows in the order that the query asks for; a weight above 1 means equal rows
 * @param truncated whether rows were cut off at the limit
 */
public record QueryAnswer(long step, Batch rows, boolean truncated) {}
