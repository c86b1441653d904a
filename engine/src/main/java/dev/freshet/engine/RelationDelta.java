package dev.freshet.engine;

import dev.freshet.core.batch.Batch;

/**
 * How one table or view changed in one step.
 *
 * @param relation the table's or view's name
 * @param rows consolidated: a row that leaves has a negative weight and one that comes a positive
 *     one, and no row has both; an update is the old row with -1 and the new row with +1. Equal
 *     rows that come may stand in it each by itself. In the relation's own schema, in no useful
 *     order
 * @param errors the change of the relation's error rows, consolidated, with the columns of {@link
 *     Engine#ERROR_SCHEMA}; always empty for tables
 */
public record RelationDelta(String relation, Batch rows, Batch errors) {}
