package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.Schema;
import java.util.Arrays;
import java.util.List;

/**
 * Each row once, with the start of the pane that it is in where {@link WindowsNode} has that of a
 * window. Linear.
 */
final class PaneNode extends Node {
  private final Windowing windowing;
  private final int timeColumn;

  PaneNode(Node input, Windowing windowing, int timeColumn, Schema schema) {
    super("panes $" + timeColumn + " " + windowing.text(), schema, List.of(input));
    this.windowing = windowing;
    this.timeColumn = timeColumn;
  }

  @Override
  Batch evaluate() {
    Batch batch = input().output();
    if (batch.isEmpty()) {
      return nothing();
    }
    int rowCount = batch.rowCount();
    long[] times = ((LongVector) batch.column(timeColumn)).values();
    long[] panes = new long[rowCount];
    int[] kept = new int[rowCount];
    int count = 0;
    for (int i = 0; i < rowCount; i++) {
      if (windowing.count(times[i], windowing.first(times[i])) == 0) {
        fail(windowing.outOfRange(), batch, i, batch.weight(i));
        continue;
      }
      kept[count] = i;
      panes[count++] = windowing.pane(times[i]);
    }
    Batch rows = count == rowCount ? batch : Rows.gather(batch, kept, count);
    Vector[] columns = Arrays.copyOf(rows.columns(), rows.columns().length + 1);
    columns[columns.length - 1] = new LongVector(panes, Vector.NO_NULLS, count);
    return new Batch(schema(), columns, rows.weights(), count);
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new PaneNode(otherInputs.getFirst(), windowing, timeColumn, schema());
  }

  @Override
  public String operator() {
    return "panes";
  }
}
