package dev.freshet.engine.over;

import dev.freshet.core.batch.BooleanVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.sql.plan.AggregateCall;
import java.util.Optional;

/**
 * MIN and MAX over frames that only move forward: a queue holds the positions of the frame that can
 * still become the answer, the best one first. Each position enters and leaves once.
 */
final class Extremes {
  private final Vector column;
  private final Optional<BooleanVector> condition;
  private final int[] rowOf;

  /** 1 for the least value, -1 for the greatest. */
  private final int sign;

  private final int[] queue;
  private int first;
  private int end;

  private Extremes(AggregateCall call, Partitions partitions) {
    this.column = partitions.rows().column(call.arguments().getFirst());
    this.condition =
        call.filter().isPresent()
            ? Optional.of((BooleanVector) partitions.rows().column(call.filter().getAsInt()))
            : Optional.empty();
    this.rowOf = partitions.rowOf();
    this.sign = call.function() == AggregateCall.Function.MIN ? 1 : -1;
    this.queue = new int[partitions.size()];
  }

  static Vector of(AggregateCall call, Frame frame, Partitions partitions) {
    return new Extremes(call, partitions).values(frame);
  }

  private Vector values(Frame frame) {
    int[] rows = new int[queue.length];
    int read = 0;
    for (int i = 0; i < rows.length; i++) {
      int from = frame.from()[i];
      read = Math.max(read, from);
      for (; read < frame.to()[i]; read++) {
        add(read);
      }
      while (first < end && queue[first] < from) {
        first++;
      }
      rows[i] = first < end ? rowOf[queue[first]] : -1;
    }
    return Rows.gather(column, rows, rows.length);
  }

  private void add(int position) {
    int row = rowOf[position];
    if (column.isNull(row) || !counts(row)) {
      return;
    }
    while (end > first && sign * Rows.compare(column, rowOf[queue[end - 1]], column, row) > 0) {
      end--;
    }
    queue[end++] = position;
  }

  private boolean counts(int row) {
    return condition.isEmpty() || (!condition.get().isNull(row) && condition.get().values()[row]);
  }
}
