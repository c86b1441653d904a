package dev.freshet.engine.oracle;

import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.SortKey;
import dev.freshet.sql.plan.WindowCall;
import dev.freshet.sql.plan.WindowFrame;
import dev.freshet.sql.plan.WindowFrame.Bound;
import java.util.ArrayList;
import java.util.List;

/** Window functions by their definitions, row by row over one partition in order. */
final class NaiveOver {
  private final Plan.Over window;
  private final List<List<Object>> rows;

  NaiveOver(Plan.Over window, List<List<Object>> rows) {
    this.window = window;
    this.rows = rows;
  }

  /**
   * @throws NaiveExpression.Failed when the row has no answer
   */
  List<Object> values(int at) {
    List<Object> values = new ArrayList<>(rows.get(at));
    window.calls().forEach(call -> values.add(value(call, at)));
    return values;
  }

  private Object value(WindowCall call, int at) {
    return switch (call) {
      case WindowCall.Rank rank -> rank(rank.ranking(), at);
      case WindowCall.Tile tile -> tile(tile.parts(), at);
      case WindowCall.Shift shift -> shift(shift, at);
      case WindowCall.Pick pick -> pick(pick, at);
      case WindowCall.Framed framed -> framed(framed.call(), frame(framed.frame(), at));
    };
  }

  private Object rank(WindowCall.Ranking ranking, int at) {
    long before = 0;
    long upToPeers = 0;
    List<List<Object>> different = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      int order = compareOrder(i, at);
      before += order < 0 ? 1 : 0;
      upToPeers += order <= 0 ? 1 : 0;
      List<Object> keys = new ArrayList<>();
      for (SortKey key : window.order()) {
        keys.add(rows.get(i).get(key.column()));
      }
      if (order < 0 && !different.contains(keys)) {
        different.add(keys);
      }
    }
    return switch (ranking) {
      case ROW_NUMBER -> at + 1L;
      case RANK -> before + 1;
      case DENSE_RANK -> different.size() + 1L;
      case PERCENT_RANK -> rows.size() == 1 ? 0.0 : (double) before / (rows.size() - 1);
      case CUME_DIST -> (double) upToPeers / rows.size();
    };
  }

  private long tile(long parts, int at) {
    int start = 0;
    for (long part = 1; part <= parts; part++) {
      long size = rows.size() / parts + (part <= rows.size() % parts ? 1 : 0);
      start += (int) size;
      if (at < start) {
        return part;
      }
    }
    throw new IllegalStateException();
  }

  private Object shift(WindowCall.Shift shift, int at) {
    long left = Math.abs(shift.rows());
    int step = shift.rows() < 0 ? -1 : 1;
    int i = at;
    while (left > 0) {
      i += step;
      if (i < 0 || i >= rows.size()) {
        return shift.otherwise().isPresent()
            ? rows.get(at).get(shift.otherwise().getAsInt())
            : null;
      }
      boolean counts =
          shift.nulls() == WindowCall.Nulls.COUNT || rows.get(i).get(shift.column()) != null;
      left -= counts ? 1 : 0;
    }
    return rows.get(i).get(shift.column());
  }

  private Object pick(WindowCall.Pick pick, int at) {
    List<Object> values = new ArrayList<>();
    for (List<Object> row : frame(pick.frame(), at)) {
      Object value = row.get(pick.column());
      if (value != null || pick.nulls() == WindowCall.Nulls.COUNT) {
        values.add(value);
      }
    }
    if (pick.nth() > values.size()) {
      return null;
    }
    int index =
        (int) (pick.end() == WindowCall.End.FIRST ? pick.nth() - 1 : values.size() - pick.nth());
    return values.get(index);
  }

  private Object framed(AggregateCall call, List<List<Object>> frame) {
    return NaivePlan.answer(call, frame, window.input());
  }

  private List<List<Object>> frame(WindowFrame frame, int at) {
    List<List<Object>> inside = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      // Both ends, so that a failure of either is one of the row.
      if (isFrom(frame, frame.from(), i, at) & isTo(frame, frame.to(), i, at)) {
        inside.add(rows.get(i));
      }
    }
    return inside;
  }

  private boolean isFrom(WindowFrame frame, Bound from, int i, int at) {
    return switch (from) {
      case Bound.Unbounded _ -> true;
      case Bound.CurrentRow _ ->
          frame.unit() == WindowFrame.Unit.ROWS ? i >= at : compareOrder(i, at) >= 0;
      case Bound.Rows rowsBound -> i >= at + rowsBound.offset();
      case Bound.Value value -> compareValue(value, i, at) >= 0;
    };
  }

  private boolean isTo(WindowFrame frame, Bound to, int i, int at) {
    return switch (to) {
      case Bound.Unbounded _ -> true;
      case Bound.CurrentRow _ ->
          frame.unit() == WindowFrame.Unit.ROWS ? i <= at : compareOrder(i, at) <= 0;
      case Bound.Rows rowsBound -> i <= at + rowsBound.offset();
      case Bound.Value value -> compareValue(value, i, at) <= 0;
    };
  }

  /** How row i lies to the value of the row at. */
  private int compareValue(Bound.Value bound, int i, int at) {
    Object value = NaiveExpression.evaluate(bound.value(), rows.get(at));
    return value == null
        ? compareOrder(i, at)
        : NaivePlan.compare(
            window.order().getFirst(), rows.get(i).get(window.order().getFirst().column()), value);
  }

  private int compareOrder(int i, int at) {
    for (SortKey key : window.order()) {
      int order =
          NaivePlan.compare(key, rows.get(i).get(key.column()), rows.get(at).get(key.column()));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }
}
