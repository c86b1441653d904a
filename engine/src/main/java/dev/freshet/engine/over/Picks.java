package dev.freshet.engine.over;

import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.sql.plan.WindowCall;

/** Values that come from one other row: LAG, LEAD, FIRST_VALUE, LAST_VALUE, NTH_VALUE. */
final class Picks {
  private final Partitions partitions;
  private final Vector column;

  /** Positions that count, ascending. */
  private final int[] counted;

  /** For each position how many before it count; one more at the end. */
  private final int[] before;

  private Picks(Partitions partitions, int column, WindowCall.Nulls nulls) {
    this.partitions = partitions;
    this.column = partitions.rows().column(column);
    int size = partitions.size();
    int[] rowOf = partitions.rowOf();
    this.counted = new int[size];
    this.before = new int[size + 1];
    int count = 0;
    for (int i = 0; i < size; i++) {
      before[i] = count;
      counted[count] = i;
      count += nulls == WindowCall.Nulls.COUNT || !this.column.isNull(rowOf[i]) ? 1 : 0;
    }
    before[size] = count;
  }

  static Vector shifted(WindowCall.Shift shift, Partitions partitions) {
    return new Picks(partitions, shift.column(), shift.nulls()).shifted(shift);
  }

  static Vector picked(WindowCall.Pick pick, Frame frame, Partitions partitions) {
    return new Picks(partitions, pick.column(), pick.nulls()).picked(pick, frame);
  }

  private Vector shifted(WindowCall.Shift shift) {
    int[] offsets = partitions.offsets();
    int[] rowOf = partitions.rowOf();
    int[] rows = new int[partitions.size()];
    for (int p = 0; p + 1 < offsets.length; p++) {
      int first = before[offsets[p]];
      int end = before[offsets[p + 1]];
      for (int i = offsets[p]; i < offsets[p + 1]; i++) {
        // Forward, rows that count are counted from behind the row on.
        long from = shift.rows() > 0 ? before[i + 1] - 1L : before[i];
        long wanted = shift.rows() == 0 ? -1 : from + shift.rows();
        rows[i] =
            shift.rows() == 0
                ? rowOf[i]
                : wanted >= first && wanted < end ? rowOf[counted[(int) wanted]] : -1;
      }
    }
    return shift.otherwise().isPresent()
        ? orElse(shift, rows, partitions.rows().column(shift.otherwise().getAsInt()))
        : Rows.gather(column, rows, rows.length);
  }

  private Vector orElse(WindowCall.Shift shift, int[] rows, Vector otherwise) {
    int[] rowOf = partitions.rowOf();
    VectorBuilder values = new VectorBuilder(shift.type().layout(), rows.length);
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] < 0) {
        values.append(otherwise, rowOf[i]);
      } else {
        values.append(column, rows[i]);
      }
    }
    return values.build();
  }

  private Vector picked(WindowCall.Pick pick, Frame frame) {
    int[] rowOf = partitions.rowOf();
    int[] rows = new int[partitions.size()];
    for (int i = 0; i < rows.length; i++) {
      long first = before[frame.from()[i]];
      long end = before[frame.to()[i]];
      long wanted = pick.end() == WindowCall.End.FIRST ? first + pick.nth() - 1 : end - pick.nth();
      rows[i] = wanted >= first && wanted < end ? rowOf[counted[(int) wanted]] : -1;
    }
    return Rows.gather(column, rows, rows.length);
  }
}
