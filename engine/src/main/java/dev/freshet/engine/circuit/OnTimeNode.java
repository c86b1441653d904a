package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Values;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Arrangement;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.Closing;
import dev.freshet.sql.plan.Plan.Late;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Lets through the changes whose row was not closed by the watermark that they met. Late ones are
 * counted: their state is a row whose weight is the count.
 */
final class OnTimeNode extends Node {
  private static final Schema COUNT = Schema.of(Column.notNull("late", Simple.BIGINT));
  private static final RowOrder COUNT_ORDER = RowOrder.byKey(COUNT, 0);

  private final Closing closing;
  private final int watermarkColumn;
  private final Late late;
  private final Side side;
  private Arrangement counted = new Arrangement(COUNT_ORDER);

  /** Which changes are let through. */
  enum Side {
    ON_TIME,
    /** The others. */
    LATE
  }

  OnTimeNode(Node input, Plan.OnTime plan, Side side) {
    this(input, plan.closing(), plan.watermarkColumn(), plan.late(), side);
  }

  private OnTimeNode(Node input, Closing closing, int watermarkColumn, Late late, Side side) {
    super(
        (side == Side.ON_TIME ? "on time " : "not on time ")
            + ClosingQueue.label(closing, 0)
            + " before $"
            + watermarkColumn
            + " late "
            + late,
        input.schema(),
        List.of(input));
    this.closing = closing;
    this.watermarkColumn = watermarkColumn;
    this.late = late;
    this.side = side;
  }

  /** How many changes came late. */
  long lateChanges() {
    return counted.content().weight();
  }

  @Override
  Batch evaluate() {
    Batch change = input().output();
    LongVector column = (LongVector) change.column(closing.column());
    long[] values = column.values();
    long[] met = ((LongVector) change.column(watermarkColumn)).values();
    int[] kept = new int[change.rowCount()];
    int[] tooLate = new int[kept.length];
    int count = 0;
    int lateCount = 0;
    for (int row = 0; row < kept.length; row++) {
      if (column.isNull(row)) {
        continue;
      }
      if (closing.moment(values[row]) > met[row]) {
        kept[count++] = row;
      } else {
        tooLate[lateCount++] = row;
      }
    }
    if (lateCount > 0 && late == Late.REPORTED) {
      report(change, values, tooLate, lateCount);
    }
    int[] through = side == Side.ON_TIME ? kept : tooLate;
    int size = side == Side.ON_TIME ? count : lateCount;
    return size == kept.length ? change : Rows.gather(change, through, size);
  }

  private void report(Batch change, long[] values, int[] rows, int count) {
    int[] shown =
        IntStream.range(0, schema().columnCount()).filter(c -> c != watermarkColumn).toArray();
    Batch visible = change.select(shown);
    long changes = 0;
    for (int i = 0; i < count; i++) {
      long weight = change.weight(rows[i]);
      fail(reason(closing.moment(values[rows[i]])), visible, rows[i], weight);
      changes += Math.abs(weight);
    }
    BatchBuilder row = new BatchBuilder(COUNT, 1);
    row.column(0).appendLong(1);
    row.endRow(changes);
    counted.add(Run.of(COUNT_ORDER, row.build()));
  }

  /** Says nothing of the watermark, so that a late row and its late delete cancel each other. */
  private static String reason(long moment) {
    return ErrorCode.ROW_LATE
        + " The row came late: the watermark had passed "
        + Values.text(time(moment))
        + ", when what it belongs to was over.";
  }

  static LocalDateTime time(long micros) {
    int nanos = (int) Math.floorMod(micros, 1_000_000L) * 1000;
    return LocalDateTime.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), nanos, ZoneOffset.UTC);
  }

  @Override
  List<RowOrder> stateOrders() {
    return List.of(COUNT_ORDER);
  }

  @Override
  List<RunList> state() {
    return List.of(counted.content());
  }

  @Override
  void restore(List<RunList> state) {
    counted = new Arrangement(state.getFirst());
  }

  @Override
  boolean onlyInserts() {
    return input().onlyInserts();
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new OnTimeNode(otherInputs.getFirst(), closing, watermarkColumn, late, side);
  }

  @Override
  public String operator() {
    return "on time";
  }
}
