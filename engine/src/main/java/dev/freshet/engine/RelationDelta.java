package dev.freshet.engine;

import dev.freshet.core.batch.Batch;

/**
 * How one table or view changed in one step.
 *
 * @param relation the table's or view's name
 * @param rows consolidated: each distinct row once, its weight never 0; an update is the old row
 *     with -1 and the new row with +1. In the relation's own schema, in no useful order
 * @param errors the change of the relation's error rows, consolidated, with the columns of {@link
 *     Engine#ERROR_SCHEMA}; always empty for tables
 */
public record RelationDelta(String relation, Batch rows, Batch errors) {}
