package dev.freshet.sql.eventtime;

import dev.freshet.sql.eventtime.Bound.Kind;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.Call;
import dev.freshet.sql.plan.Expression.ColumnRef;
import dev.freshet.sql.plan.Expression.Literal;
import dev.freshet.sql.plan.Function;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.translate.Expressions;
import java.util.Map;
import java.util.Optional;

/**
 * A join of two tables' rows whose times are near to each other.
 *
 * <pre>
 *   right.time from  left.time - before  to  left.time + after
 *
 *   left row    can change until its time; can get a partner until its time + after: then its results are final
 *   right row   is needed until the results of the last left row that it can be with, time + before, are final
 * </pre>
 *
 * @param leftTime a column of the left side
 * @param rightTime a column of the right side
 * @param before microseconds; negative when the right row is always later
 * @param after microseconds; negative when the right row is always earlier
 */
record IntervalJoin(int leftTime, int rightTime, long before, long after) {
  private static final long SECOND = 1_000_000;

  /** Distances beyond this are no range of times. */
  private static final long FAR = 1L << 60;

  /** Nothing concerns a left row's results from so long after its time on. */
  long leftLag() {
    return 1 + Math.max(0, after);
  }

  /** Nothing needs a right row from so long after its time on. */
  long rightLag() {
    return 1 + Math.max(0, before + Math.max(0, after));
  }

  Bound bound() {
    return new Bound(leftLag(), SECOND, Kind.TIME, Bound.TIME.row());
  }

  /**
   * Empty when the condition does not keep both sides near to each other.
   *
   * @param left the closing columns of the left side
   * @param right those of the right side
   */
  static Optional<IntervalJoin> of(
      Plan.Join join, Map<Integer, Bound> left, Map<Integer, Bound> right) {
    int width = join.left().schema().columnCount();
    for (Map.Entry<Integer, Bound> time : left.entrySet()) {
      for (Map.Entry<Integer, Bound> other : right.entrySet()) {
        if (!time.getValue().equals(Bound.TIME) || !other.getValue().equals(Bound.TIME)) {
          continue;
        }
        long after = FAR;
        long before = FAR;
        for (Expression conjunct : Expressions.conjuncts(join.residual())) {
          after = Math.min(after, ahead(conjunct, time.getKey(), width + other.getKey()));
          before = Math.min(before, ahead(conjunct, width + other.getKey(), time.getKey()));
        }
        if (after < FAR && before < FAR && after + before >= 0) {
          return Optional.of(new IntervalJoin(time.getKey(), other.getKey(), before, after));
        }
      }
    }
    return Optional.empty();
  }

  /** How much later than {@code of} the condition lets {@code column} be at most. */
  private static long ahead(Expression condition, int of, int column) {
    if (!(condition instanceof Call call) || call.arguments().size() != 2) {
      return FAR;
    }
    Optional<Moment> a = Moment.of(call.arguments().get(0));
    Optional<Moment> b = Moment.of(call.arguments().get(1));
    if (a.isEmpty() || b.isEmpty()) {
      return FAR;
    }
    return switch (call.function()) {
      case GREATER, GREATER_OR_EQUAL -> ahead(b.get(), a.get(), of, column);
      case LESS, LESS_OR_EQUAL -> ahead(a.get(), b.get(), of, column);
      default -> FAR;
    };
  }

  /** For {@code less <= greater}. */
  private static long ahead(Moment less, Moment greater, int of, int column) {
    return less.column() == column && greater.column() == of
        ? greater.micros() - less.micros()
        : FAR;
  }

  /** A column plus so much. */
  private record Moment(int column, long micros) {
    static Optional<Moment> of(Expression expression) {
      return switch (expression) {
        case ColumnRef column -> Optional.of(new Moment(column.index(), 0));
        case Call call
            when call.function() == Function.PLUS_MICROS
                && call.arguments().get(1) instanceof Literal literal
                && literal.value().isPresent()
                && literal.value().get() instanceof Long micros
                && Math.abs(micros) < FAR / 4 ->
            of(call.arguments().getFirst()).map(moment -> moment.plus(micros));
        default -> Optional.empty();
      };
    }

    private Moment plus(long more) {
      return new Moment(column, micros + more);
    }
  }
}
