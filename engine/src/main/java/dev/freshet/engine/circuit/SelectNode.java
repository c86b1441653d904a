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
 * What one aggregate call looks at: the group's columns and the argument, of the rows where the
 * argument is not NULL and the call's filter is TRUE. Linear.
 */
final class SelectNode extends Node {
  private final int groupCount;
  private final int[] columns;
  private final OptionalInt filter;

  SelectNode(Node input, int groupCount, int[] columns, OptionalInt filter, Schema schema) {
    super(
        "select " + groupCount + Arrays.toString(columns) + " where " + filter,
        schema,
        List.of(input));
    this.groupCount = groupCount;
    this.columns = columns;
    this.filter = filter;
  }

  static SelectNode of(Node input, List<Integer> group, AggregateCall call) {
    int[] columns = new int[group.size() + call.arguments().size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = i < group.size() ? group.get(i) : call.arguments().get(i - group.size());
    }
    Schema numbered = Schemas.numbered(input.schema(), columns);
    return new SelectNode(input, group.size(), columns, call.filter(), numbered);
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
    for (int c = groupCount; c < columns.length; c++) {
      if (batch.column(columns[c]).isNull(row)) {
        return false;
      }
    }
    return filter.isEmpty() || Schemas.isTrue(batch, filter.getAsInt(), row);
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new SelectNode(otherInputs.getFirst(), groupCount, columns, filter, schema());
  }

  @Override
  public String operator() {
    return "select";
  }
}
