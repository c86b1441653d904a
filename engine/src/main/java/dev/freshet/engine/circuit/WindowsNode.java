package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.WindowKind;
import java.util.Arrays;
import java.util.List;

/** Puts each row into every window that holds it (HOP, CUMULATE). Linear. */
final class WindowsNode extends Node {
  private final Plan.Windows plan;

  WindowsNode(Node input, Plan.Windows plan) {
    super(label(plan), plan.schema(), List.of(input));
    this.plan = plan;
  }

  private static String label(Plan.Windows plan) {
    return "windows "
        + plan.kind()
        + " $"
        + plan.timeColumn()
        + " "
        + plan.step()
        + " "
        + plan.size()
        + " "
        + plan.offset();
  }

  @Override
  Batch evaluate() {
    Batch batch = input().output();
    if (batch.isEmpty()) {
      return nothing();
    }
    long[] times = ((LongVector) batch.column(plan.timeColumn())).values();
    long most = plan.size() / plan.step();
    int[] rows = new int[Math.toIntExact(Math.min(Integer.MAX_VALUE - 8L, times(batch, most)))];
    long[] windows = new long[rows.length];
    int count = 0;
    for (int i = 0; i < batch.rowCount(); i++) {
      long first = first(times[i]);
      int windowCount = count(times[i], first);
      if (windowCount == 0) {
        fail(outOfRange(), batch, i, batch.weight(i));
      }
      if (count + windowCount > rows.length) {
        int grown = Math.max(count + windowCount, rows.length * 2);
        rows = Arrays.copyOf(rows, grown);
        windows = Arrays.copyOf(windows, grown);
      }
      for (int w = 0; w < windowCount; w++) {
        rows[count] = i;
        windows[count++] = first + w * plan.step();
      }
    }
    return repeated(batch, rows, windows, count);
  }

  /** Room for half of the windows that could be: all of HOP's, and what CUMULATE has on average. */
  private long times(Batch batch, long most) {
    return plan.kind() == WindowKind.HOP
        ? batch.rowCount() * most
        : batch.rowCount() * (most + 1) / 2;
  }

  /** The first window's start for HOP, and its end for CUMULATE. */
  private long first(long time) {
    long step = floor(time, plan.step());
    return switch (plan.kind()) {
      case HOP -> step - (plan.size() - plan.step());
      case CUMULATE -> step + plan.step();
    };
  }

  /** 0 when a start or end is out of the range of a TIMESTAMP. */
  private int count(long time, long first) {
    return switch (plan.kind()) {
      case HOP -> {
        long end = first + (plan.size() - plan.step()) + plan.size();
        yield first <= time && end > time ? Math.toIntExact(plan.size() / plan.step()) : 0;
      }
      case CUMULATE -> {
        long start = floor(time, plan.size());
        long last = start + plan.size();
        yield start <= time && last > time ? Math.toIntExact((last - first) / plan.step()) + 1 : 0;
      }
    };
  }

  /** The greatest of offset + n * width that is not after the time; may wrap around. */
  private long floor(long time, long width) {
    long into =
        Math.floorMod(Math.floorMod(time, width) - Math.floorMod(plan.offset(), width), width);
    return time - into;
  }

  private String outOfRange() {
    return "Cannot evaluate " + plan.kind() + ": a window of the row's time is out of range.";
  }

  private Batch repeated(Batch batch, int[] rows, long[] windows, int count) {
    Batch gathered = Rows.gather(batch, rows, count);
    Vector[] columns = Arrays.copyOf(gathered.columns(), gathered.columns().length + 1);
    columns[columns.length - 1] = new LongVector(windows, Vector.NO_NULLS, count);
    return new Batch(schema(), columns, gathered.weights(), count);
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new WindowsNode(otherInputs.getFirst(), plan);
  }

  @Override
  public String operator() {
    return "windows";
  }
}
