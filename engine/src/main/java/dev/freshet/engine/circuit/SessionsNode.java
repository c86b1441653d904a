package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.KeyGroups;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Stretches;
import dev.freshet.sql.plan.Plan;
import java.util.List;

/**
 * Gives each row the start and end of its session. Looks only at the stretches of rows around what
 * changed: inside of them it finds the sessions before and after the step, and puts out the rows
 * whose weight or session differs.
 */
final class SessionsNode extends Node {
  private final ArrangeNode arranged;
  private final int timeColumn;
  private final long gap;

  SessionsNode(ArrangeNode arranged, int timeColumn, long gap, Schema schema) {
    super("sessions " + gap, schema, List.of(arranged));
    this.arranged = arranged;
    this.timeColumn = timeColumn;
    this.gap = gap;
  }

  ArrangeNode arranged() {
    return arranged;
  }

  /** By partition, then by time. */
  static RowOrder order(Schema schema, Plan.Sessions plan) {
    return RowOrder.sorted(
        schema,
        Schemas.toArray(plan.partitionColumns()),
        new int[] {plan.timeColumn()},
        new boolean[1],
        new boolean[1]);
  }

  @Override
  Batch evaluate() {
    Stretches stretches = Stretches.around(arranged.delta(), arranged.before(), timeColumn, gap);
    KeyGroups before = stretches.rows(arranged.before());
    KeyGroups after = stretches.rows(arranged.after());
    BatchBuilder change = new BatchBuilder(schema(), 16);
    for (int s = 0; s < stretches.count(); s++) {
      addDifference(change, new Sessions(before, s), new Sessions(after, s));
    }
    return change.build();
  }

  private void addDifference(BatchBuilder change, Sessions old, Sessions now) {
    RowOrder order = arranged.order();
    while (!old.isDone() || !now.isDone()) {
      int comparison =
          old.isDone()
              ? 1
              : now.isDone() ? -1 : order.compareRows(old.rows, old.row, now.rows, now.row);
      if (comparison < 0) {
        put(change, old, -old.weight());
        old.advance();
      } else if (comparison > 0) {
        put(change, now, now.weight());
        now.advance();
      } else {
        if (old.first == now.first && old.last == now.last) {
          put(change, now, now.weight() - old.weight());
        } else {
          put(change, old, -old.weight());
          put(change, now, now.weight());
        }
        old.advance();
        now.advance();
      }
    }
  }

  private void put(BatchBuilder change, Sessions sessions, long weight) {
    if (weight == 0) {
      return;
    }
    long end = sessions.last + gap;
    if (end < sessions.last) {
      fail(
          "Cannot evaluate SESSION: the end of the row's session is out of range.",
          sessions.rows,
          sessions.row,
          weight);
      return;
    }
    int columns = sessions.rows.columns().length;
    for (int c = 0; c < columns; c++) {
      change.column(c).append(sessions.rows.column(c), sessions.row);
    }
    change.column(columns).appendLong(sessions.first);
    change.column(columns + 1).appendLong(end);
    change.endRow(weight);
  }

  /** Goes through the rows of one stretch, with the times of the current session. */
  private final class Sessions {
    private final Batch rows;
    private final long[] times;
    private final int stop;
    private int row;
    private int sessionStop;
    private long first;
    private long last;

    Sessions(KeyGroups groups, int stretch) {
      this.rows = groups.rows();
      this.times = ((LongVector) rows.column(timeColumn)).values();
      this.row = groups.offsets()[stretch];
      this.stop = groups.offsets()[stretch + 1];
      this.sessionStop = row;
      enter();
    }

    boolean isDone() {
      return row == stop;
    }

    long weight() {
      return rows.weight(row);
    }

    void advance() {
      row++;
      enter();
    }

    /** Finds the session that begins at the current row, if one does. */
    private void enter() {
      if (row < sessionStop || row == stop) {
        return;
      }
      first = times[row];
      last = first;
      sessionStop = row + 1;
      while (sessionStop < stop && Long.compareUnsigned(times[sessionStop] - last, gap) <= 0) {
        last = times[sessionStop++];
      }
    }
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new SessionsNode((ArrangeNode) otherInputs.getFirst(), timeColumn, gap, schema());
  }

  @Override
  public String operator() {
    return "sessions";
  }
}
