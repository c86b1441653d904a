package dev.freshet.engine.over;

import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.engine.expression.Evaluated;
import dev.freshet.engine.expression.Expressions;
import dev.freshet.sql.plan.SortKey;
import dev.freshet.sql.plan.WindowFrame;
import dev.freshet.sql.plan.WindowFrame.Bound;
import dev.freshet.sql.plan.WindowFrame.Unit;
import java.util.List;

/**
 * The frame of each position: positions from {@code from[i]} up to but not with {@code to[i]},
 * within the partition, {@code from[i] <= to[i]}. Neither falls from one position to the next.
 *
 * @param reasons why there is no frame, by position; length 0 when there is one everywhere
 */
@SuppressWarnings("ArrayRecordComponent") // columnar data is arrays, read-only by contract
record Frame(int[] from, int[] to, String[] reasons) {
  private static final String[] NO_REASONS = {};

  static Frame of(WindowFrame frame, List<SortKey> order, Partitions partitions) {
    Bounds bounds = new Bounds(order, partitions);
    int[] from = bounds.starts(frame);
    int[] to = bounds.ends(frame);
    for (int i = 0; i < to.length; i++) {
      to[i] = Math.max(from[i], to[i]);
    }
    return new Frame(from, to, bounds.reasons);
  }

  private static final class Bounds {
    private final List<SortKey> order;
    private final Partitions partitions;
    private final int size;
    private String[] reasons = NO_REASONS;

    Bounds(List<SortKey> order, Partitions partitions) {
      this.order = order;
      this.partitions = partitions;
      this.size = partitions.size();
    }

    int[] starts(WindowFrame frame) {
      return switch (frame.from()) {
        case Bound.Unbounded _ -> ends(End.FIRST);
        case Bound.CurrentRow _ ->
            frame.unit() == Unit.ROWS ? moved(0) : partitions.peerStarts().clone();
        case Bound.Rows rows -> moved(rows.offset());
        case Bound.Value value -> byValue(value, End.FIRST);
      };
    }

    int[] ends(WindowFrame frame) {
      return switch (frame.to()) {
        case Bound.Unbounded _ -> ends(End.LAST);
        case Bound.CurrentRow _ ->
            frame.unit() == Unit.ROWS ? moved(1) : partitions.peerEnds().clone();
        case Bound.Rows rows -> moved(rows.offset() + 1);
        case Bound.Value value -> byValue(value, End.LAST);
      };
    }

    private enum End {
      FIRST,
      LAST
    }

    private int[] ends(End end) {
      int[] offsets = partitions.offsets();
      int[] positions = new int[size];
      for (int p = 0; p + 1 < offsets.length; p++) {
        int position = end == End.FIRST ? offsets[p] : offsets[p + 1];
        java.util.Arrays.fill(positions, offsets[p], offsets[p + 1], position);
      }
      return positions;
    }

    private int[] moved(long distance) {
      int[] offsets = partitions.offsets();
      int[] positions = new int[size];
      for (int p = 0; p + 1 < offsets.length; p++) {
        for (int i = offsets[p]; i < offsets[p + 1]; i++) {
          positions[i] = Math.clamp(i + distance, offsets[p], offsets[p + 1]);
        }
      }
      return positions;
    }

    /** The first position not before the value, or the first one after it. */
    private int[] byValue(Bound.Value bound, End end) {
      Evaluated evaluated = Expressions.compile(bound.value()).evaluate(partitions.rows());
      note(evaluated);
      SortKey key = order.getFirst();
      Vector keys = partitions.rows().column(key.column());
      Vector values = evaluated.vector();
      int[] rowOf = partitions.rowOf();
      int[] offsets = partitions.offsets();
      int[] peers = end == End.FIRST ? partitions.peerStarts() : partitions.peerEnds();
      boolean descending = key.direction() == SortKey.Direction.DESCENDING;
      boolean nullsFirst = key.nulls() == SortKey.Nulls.FIRST;
      int stopAt = end == End.FIRST ? 0 : 1;
      int[] positions = new int[size];
      for (int p = 0; p + 1 < offsets.length; p++) {
        int at = offsets[p];
        for (int i = offsets[p]; i < offsets[p + 1]; i++) {
          if (values.isNull(rowOf[i])) {
            at = Math.max(at, peers[i]);
          } else {
            while (at < offsets[p + 1]
                && (keys.isNull(rowOf[at])
                    ? nullsFirst
                    : compare(keys, rowOf[at], values, rowOf[i], descending) < stopAt)) {
              at++;
            }
          }
          positions[i] = at;
        }
      }
      return positions;
    }

    private static int compare(Vector keys, int key, Vector values, int value, boolean descending) {
      int order = Rows.compare(keys, key, values, value);
      return descending ? -Integer.signum(order) : Integer.signum(order);
    }

    private void note(Evaluated evaluated) {
      if (!evaluated.anyFailed()) {
        return;
      }
      if (reasons.length == 0) {
        reasons = new String[size];
        java.util.Arrays.fill(reasons, "");
      }
      int[] rowOf = partitions.rowOf();
      for (int i = 0; i < size; i++) {
        if (evaluated.failed()[rowOf[i]] && reasons[i].isEmpty()) {
          reasons[i] = evaluated.reason(rowOf[i]);
        }
      }
    }
  }
}
