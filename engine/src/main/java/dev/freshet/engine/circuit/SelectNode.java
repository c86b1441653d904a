package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.AggregateCall;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * What one aggregate call looks at: the group's columns and those of the call, of the rows where
 * certain columns are not NULL and the call's filter is TRUE. Linear.
 */
final class SelectNode extends Node {
  private final int[] columns;
  private final int[] notNull;
  private final OptionalInt filter;

  private SelectNode(
      Node input, String label, int[] columns, int[] notNull, OptionalInt filter, Schema schema) {
    super(label, schema, List.of(input));
    this.columns = columns;
    this.notNull = notNull;
    this.filter = filter;
  }

  /** The arguments of a call that takes no rows with NULL in them. */
  static SelectNode of(Node input, List<Integer> group, AggregateCall call) {
    return of(input, group, call.arguments(), call);
  }

  /** The group's columns, then these. */
  static SelectNode of(Node input, List<Integer> group, List<Integer> used, AggregateCall call) {
    int[] columns = new int[group.size() + used.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = i < group.size() ? group.get(i) : used.get(i - group.size());
    }
    String label = "select " + group.size() + Arrays.toString(columns) + " where " + call.filter();
    if (!used.equals(call.notNull())) {
      label += " not null " + call.notNull();
    }
    Schema numbered = Schemas.numbered(input.schema(), columns);
    int[] notNull = Schemas.toArray(call.notNull());
    return new SelectNode(input, label, columns, notNull, call.filter(), numbered);
  }

  @Override
  Batch evaluate() {
    Batch batch = input().output();
    int[] rows = new int[batch.rowCount()];
    int count = 0;
    for (int i = 0; i < batch.rowCount(); i++) {
      rows[count] = i;
      count += counts(batch, i) ? 1 : 0;
    }
    Vector[] selected = new Vector[columns.length];
    for (int c = 0; c < columns.length; c++) {
      selected[c] = batch.column(columns[c]);
    }
    Batch all = new Batch(schema(), selected, batch.weights(), batch.rowCount());
    return count == batch.rowCount() ? all : Rows.gather(all, rows, count);
  }

  private boolean counts(Batch batch, int row) {
    for (int column : notNull) {
      if (batch.column(column).isNull(row)) {
        return false;
      }
    }
    return filter.isEmpty() || Schemas.isTrue(batch, filter.getAsInt(), row);
  }

  @Override
  boolean onlyInserts() {
    return input().onlyInserts();
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new SelectNode(otherInputs.getFirst(), label(), columns, notNull, filter, schema());
  }

  @Override
  public String operator() {
    return "select";
  }
}
