package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Plan.WindowKind;
import java.util.Arrays;
import java.util.List;

/** Puts each row into every window that holds it (HOP, CUMULATE). Linear. */
final class WindowsNode extends Node {
  private final Windowing windowing;
  private final int timeColumn;

  WindowsNode(Node input, Windowing windowing, int timeColumn, Schema schema) {
    super("windows $" + timeColumn + " " + windowing.text(), schema, List.of(input));
    this.windowing = windowing;
    this.timeColumn = timeColumn;
  }

  @Override
  Batch evaluate() {
    Batch batch = input().output();
    if (batch.isEmpty()) {
      return nothing();
    }
    long[] times = ((LongVector) batch.column(timeColumn)).values();
    int[] rows = new int[Math.toIntExact(Math.min(Integer.MAX_VALUE - 8L, times(batch)))];
    long[] windows = new long[rows.length];
    int count = 0;
    for (int i = 0; i < batch.rowCount(); i++) {
      long first = windowing.first(times[i]);
      int windowCount = windowing.count(times[i], first);
      if (windowCount == 0) {
        fail(windowing.outOfRange(), batch, i, batch.weight(i));
      }
      if (count + windowCount > rows.length) {
        int grown = Math.max(count + windowCount, rows.length * 2);
        rows = Arrays.copyOf(rows, grown);
        windows = Arrays.copyOf(windows, grown);
      }
      for (int w = 0; w < windowCount; w++) {
        rows[count] = i;
        windows[count++] = first + w * windowing.step();
      }
    }
    return repeated(batch, rows, windows, count);
  }

  /** Room for half of the windows that could be: all of HOP's, and what CUMULATE has on average. */
  private long times(Batch batch) {
    return windowing.kind() == WindowKind.HOP
        ? batch.rowCount() * windowing.most()
        : batch.rowCount() * (windowing.most() + 1) / 2;
  }

  private Batch repeated(Batch batch, int[] rows, long[] windows, int count) {
    Batch gathered = Rows.gather(batch, rows, count);
    Vector[] columns = Arrays.copyOf(gathered.columns(), gathered.columns().length + 1);
    columns[columns.length - 1] = new LongVector(windows, Vector.NO_NULLS, count);
    return new Batch(schema(), columns, gathered.weights(), count);
  }

  @Override
  boolean onlyInserts() {
    return input().onlyInserts();
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new WindowsNode(otherInputs.getFirst(), windowing, timeColumn, schema());
  }

  @Override
  public String operator() {
    return "windows";
  }
}
