package dev.freshet.engine.oracle;

import dev.freshet.core.type.DataType;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.AggregateCall.Function;
import dev.freshet.sql.plan.AggregateCall.Quantifier;
import dev.freshet.sql.plan.SortKey;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;

/** The aggregates beyond COUNT, SUM, AVG, MIN and MAX, by their definitions. */
final class NaiveAggregates {
  private NaiveAggregates() {}

  /**
   * @param values the argument of the rows that count, NULLs left out
   */
  static Object deviation(AggregateCall call, List<Object> values, DataType type) {
    boolean sample =
        call.function() == Function.VAR_SAMP || call.function() == Function.STDDEV_SAMP;
    int count = values.size();
    if (sample && count < 2) {
      return null;
    }
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal squares = BigDecimal.ZERO;
    for (Object value : values) {
      if (value instanceof Double d && !Double.isFinite(d * d)) {
        return Double.NaN;
      }
      BigDecimal number = number(value, type);
      sum = sum.add(number);
      squares = squares.add(number.multiply(number));
    }
    BigDecimal n = BigDecimal.valueOf(count);
    double variance =
        n.multiply(squares)
            .subtract(sum.multiply(sum))
            .divide(n.multiply(BigDecimal.valueOf(sample ? count - 1 : count)), new MathContext(60))
            .doubleValue();
    boolean root =
        call.function() == Function.STDDEV_POP || call.function() == Function.STDDEV_SAMP;
    return root ? Math.sqrt(variance) : variance;
  }

  /** Decimals of more than 18 digits take part as the nearest double of their digits. */
  private static BigDecimal number(Object value, DataType type) {
    if (type.layout() == DataType.Layout.INT128) {
      BigDecimal decimal = (BigDecimal) value;
      return new BigDecimal(decimal.unscaledValue().doubleValue()).movePointLeft(decimal.scale());
    }
    return new BigDecimal(value.toString()).signum() == 0
        ? BigDecimal.ZERO
        : value instanceof Double d ? new BigDecimal(d) : new BigDecimal(value.toString());
  }

  static Object ordered(AggregateCall call, List<List<Object>> rows) {
    List<List<Object>> counted = new ArrayList<>();
    for (List<Object> row : rows) {
      boolean filtered =
          call.filter().isPresent() && !Boolean.TRUE.equals(row.get(call.filter().getAsInt()));
      if (!filtered && call.notNull().stream().allMatch(column -> row.get(column) != null)) {
        counted.add(row);
      }
    }
    counted.sort(order(call.order()));
    int argument = call.arguments().getFirst();
    List<Object> values = new ArrayList<>();
    counted.forEach(row -> values.add(row.get(argument)));
    List<Object> taken =
        call.quantifier() == Quantifier.DISTINCT
            ? new ArrayList<>(new LinkedHashSet<>(values))
            : values;
    if (call.function() == Function.USER) {
      return LongFunctions.answer(call.name(), taken);
    }
    if (taken.isEmpty()) {
      return null;
    }
    return switch (call.function()) {
      case FIRST -> taken.getFirst();
      case LISTAGG ->
          String.join(
              (String) call.options().getFirst().value().orElseThrow(),
              taken.stream().map(Object::toString).toList());
      case ARRAY_AGG -> taken;
      case PERCENTILE_DISC -> discrete(taken, call);
      case PERCENTILE_CONT -> interpolated(taken, call);
      default -> throw new IllegalArgumentException("not ordered: " + call.function());
    };
  }

  private static BigDecimal fraction(AggregateCall call) {
    return new BigDecimal(call.options().getFirst().value().orElseThrow().toString());
  }

  private static Object discrete(List<Object> values, AggregateCall call) {
    int rank =
        fraction(call)
            .multiply(BigDecimal.valueOf(values.size()))
            .setScale(0, RoundingMode.CEILING)
            .intValue();
    return values.get(Math.max(1, rank) - 1);
  }

  private static Object interpolated(List<Object> values, AggregateCall call) {
    BigDecimal place = fraction(call).multiply(BigDecimal.valueOf(values.size() - 1));
    int below = place.intValue();
    double beyond = place.subtract(BigDecimal.valueOf(below)).doubleValue();
    double lower = ((Number) values.get(below)).doubleValue();
    double upper = ((Number) values.get(Math.min(below + 1, values.size() - 1))).doubleValue();
    double result = beyond == 0 || lower == upper ? lower : lower + (upper - lower) * beyond;
    return result == 0 ? 0.0 : result;
  }

  static Comparator<List<Object>> order(List<SortKey> keys) {
    return (a, b) -> {
      for (SortKey key : keys) {
        Object x = a.get(key.column());
        Object y = b.get(key.column());
        if (Objects.equals(x, y)) {
          continue;
        }
        if (x == null || y == null) {
          boolean first = (x == null) == (key.nulls() == SortKey.Nulls.FIRST);
          return first ? -1 : 1;
        }
        int order = NaivePlan.compare(x, y);
        return key.direction() == SortKey.Direction.DESCENDING ? -order : order;
      }
      return 0;
    };
  }
}
