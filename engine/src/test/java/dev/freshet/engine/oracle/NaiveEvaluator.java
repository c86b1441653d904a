package dev.freshet.engine.oracle;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Evaluates an expression over one row of boxed values. */
public final class NaiveEvaluator {
  private NaiveEvaluator() {}

  /**
   * @throws NaiveFailure when the row fails
   */
  public static Object evaluate(Expression expression, Object[] row) {
    return switch (expression) {
      case Expression.ColumnRef column -> row[column.index()];
      case Expression.Literal literal -> literal.value().orElse(null);
      case Expression.Cast cast -> cast(cast, row);
      case Expression.Case branches -> branches(branches, row);
      case Expression.Call call -> call(call, row);
      case Expression.UserCall _ -> throw new IllegalArgumentException("not generated");
    };
  }

  private static Object cast(Expression.Cast cast, Object[] row) {
    Object operand = evaluate(cast.operand(), row);
    boolean forgiving = cast.onFailure() == Expression.Cast.OnFailure.NULL;
    try {
      return operand == null ? null : NaiveCasts.cast(operand, cast.operand().type(), cast.type());
    } catch (RuntimeException e) {
      if (forgiving) {
        return null;
      }
      throw new NaiveFailure("CAST");
    }
  }

  private static Object branches(Expression.Case branches, Object[] row) {
    for (Expression.Case.Branch branch : branches.branches()) {
      if (Boolean.TRUE.equals(evaluate(branch.condition(), row))) {
        return evaluate(branch.result(), row);
      }
    }
    return evaluate(branches.otherwise(), row);
  }

  private static Object call(Expression.Call call, Object[] row) {
    Function function = call.function();
    if (function == Function.AND || function == Function.OR) {
      return logic(call, row, function == Function.OR);
    }
    List<Object> values = new ArrayList<>();
    for (Expression argument : call.arguments()) {
      values.add(evaluate(argument, row));
    }
    Object[] a = values.toArray();
    switch (function) {
      case IS_NULL -> {
        return a[0] == null;
      }
      case IS_NOT_NULL -> {
        return a[0] != null;
      }
      case IS_TRUE -> {
        return Boolean.TRUE.equals(a[0]);
      }
      case IS_FALSE -> {
        return Boolean.FALSE.equals(a[0]);
      }
      case IS_DISTINCT_FROM -> {
        if (a[0] == null || a[1] == null) {
          return a[0] != null || a[1] != null;
        }
        return compare(a[0], a[1]) != 0;
      }
      default -> {}
    }
    if (Arrays.asList(a).contains(null)) {
      return null;
    }
    try {
      return strict(call, a);
    } catch (RuntimeException e) {
      throw new NaiveFailure(function.name());
    }
  }

  private static Object logic(Expression.Call call, Object[] row, boolean deciding) {
    NaiveFailure failure = null;
    boolean unknown = false;
    for (Expression operand : call.arguments()) {
      try {
        Object value = evaluate(operand, row);
        if (value == null) {
          unknown = true;
        } else if ((Boolean) value == deciding) {
          return deciding;
        }
      } catch (NaiveFailure e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
    return unknown ? null : !deciding;
  }

  /** The order of grouping; byte strings and texts by their bytes. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  static int compare(Object a, Object b) {
    return switch (a) {
      case Double d -> d == 0 && (Double) b == 0 ? 0 : Double.compare(d, (Double) b);
      case String s ->
          Arrays.compareUnsigned(
              s.getBytes(java.nio.charset.StandardCharsets.UTF_8),
              ((String) b).getBytes(java.nio.charset.StandardCharsets.UTF_8));
      case byte[] bytes -> Arrays.compareUnsigned(bytes, (byte[]) b);
      case java.util.UUID uuid -> uuid.toString().compareTo(b.toString());
      case List<?> list -> list.equals(b) ? 0 : 1;
      case Comparable comparable -> comparable.compareTo(b);
      default -> throw new IllegalStateException("not comparable: " + a.getClass());
    };
  }

  private static Object strict(Expression.Call call, Object[] a) {
    return switch (call.function()) {
      case EQUAL -> compare(a[0], a[1]) == 0;
      case NOT_EQUAL -> compare(a[0], a[1]) != 0;
      case LESS -> compare(a[0], a[1]) < 0;
      case LESS_OR_EQUAL -> compare(a[0], a[1]) <= 0;
      case GREATER -> compare(a[0], a[1]) > 0;
      case GREATER_OR_EQUAL -> compare(a[0], a[1]) >= 0;
      case NOT -> !(Boolean) a[0];
      case GREATEST, LEAST -> extreme(call.function(), a);
      case ONE_ROW -> {
        if ((Long) a[0] > 1) {
          throw new NaiveFailure("ONE_ROW");
        }
        yield true;
      }
      case PLUS, MINUS, TIMES, DIVIDE, MOD, NEGATE, ABS, FLOOR, CEIL, ROUND, SIGN ->
          number(call, a);
      case SQRT -> Math.sqrt((Double) a[0]);
      case POWER -> StrictMath.pow((Double) a[0], (Double) a[1]);
      case EXP -> StrictMath.exp((Double) a[0]);
      case LN -> StrictMath.log((Double) a[0]);
      case LOG10 -> StrictMath.log10((Double) a[0]);
      case JSON_VALUE, JSON_QUERY, JSON_EXISTS ->
          NaiveJson.call(call.function(), (String) a[0], (String) a[1]);
      case CARDINALITY -> (long) ((List<?>) a[0]).size();
      case ELEMENT -> {
        List<?> list = (List<?>) a[0];
        long index = (Long) a[1];
        yield index >= 1 && index <= list.size() ? list.get((int) index - 1) : null;
      }
      case ARRAY_CONTAINS -> ((List<?>) a[0]).contains(a[1]);
      case ARRAY_JOIN -> {
        List<String> parts = new ArrayList<>();
        for (Object element : (List<?>) a[0]) {
          if (element != null) {
            DataType elements = ((DataType.Array) call.arguments().get(0).type()).element();
            parts.add((String) NaiveCasts.cast(element, elements, Simple.VARCHAR));
          }
        }
        yield String.join((String) a[1], parts);
      }
      case CONCAT,
          UPPER,
          LOWER,
          CHAR_LENGTH,
          SUBSTRING,
          TRIM,
          LTRIM,
          RTRIM,
          REPLACE,
          POSITION,
          LIKE,
          LPAD,
          RPAD,
          REVERSE,
          LEFT,
          RIGHT,
          SPLIT_INDEX,
          REGEXP_EXTRACT,
          REGEXP ->
          NaiveText.call(call.function(), a);
      default -> NaiveTime.call(call, a);
    };
  }

  private static Object extreme(Function function, Object[] a) {
    Object best = a[0];
    for (Object candidate : a) {
      int order = compare(candidate, best);
      if (function == Function.GREATEST ? order > 0 : order < 0) {
        best = candidate;
      }
    }
    return best;
  }

  private static Object number(Expression.Call call, Object[] a) {
    if (call.type() == Simple.DOUBLE || call.type() == Simple.REAL) {
      double result = floating(call.function(), a);
      return call.type() == Simple.REAL ? (double) (float) result : result;
    }
    BigDecimal x = new BigDecimal(a[0].toString());
    BigDecimal y = a.length > 1 ? new BigDecimal(a[1].toString()) : BigDecimal.ZERO;
    boolean whole = !(call.type() instanceof DataType.Decimal);
    int scale = call.type() instanceof DataType.Decimal decimal ? decimal.scale() : 0;
    BigDecimal result =
        switch (call.function()) {
          case PLUS -> x.add(y);
          case MINUS -> x.subtract(y);
          case TIMES -> x.multiply(y);
          case DIVIDE -> x.divide(y, scale, whole ? RoundingMode.DOWN : RoundingMode.HALF_UP);
          case MOD -> x.remainder(y);
          case NEGATE -> x.negate();
          case ABS -> x.abs();
          case FLOOR -> x.setScale(0, RoundingMode.FLOOR);
          case CEIL -> x.setScale(0, RoundingMode.CEILING);
          case SIGN -> BigDecimal.valueOf(x.signum());
          default -> {
            int digits = Math.max(-100, Math.min(100, clamp(y)));
            yield x.scale() <= digits ? x : x.setScale(digits, RoundingMode.HALF_UP);
          }
        };
    return fit(result, call.type());
  }

  private static int clamp(BigDecimal digits) {
    return (int) Math.max(-1_000, Math.min(1_000, digits.longValue()));
  }

  private static double floating(Function function, Object[] a) {
    double x = (Double) a[0];
    return switch (function) {
      case PLUS -> x + (Double) a[1];
      case MINUS -> x - (Double) a[1];
      case TIMES -> x * (Double) a[1];
      case DIVIDE -> x / (Double) a[1];
      case MOD -> x % (Double) a[1];
      case NEGATE -> -x;
      case ABS -> Math.abs(x);
      case FLOOR -> Math.floor(x);
      case CEIL -> Math.ceil(x);
      case SIGN -> Math.signum(x);
      default -> {
        int digits = a.length > 1 ? clamp(new BigDecimal((Long) a[1])) : 0;
        yield Double.isNaN(x) || Double.isInfinite(x)
            ? x
            : new BigDecimal(Double.toString(x))
                .setScale(digits, RoundingMode.HALF_UP)
                .doubleValue();
      }
    };
  }

  /** Rounds to the type's scale and checks its range. */
  static Object fit(BigDecimal value, DataType type) {
    if (type instanceof DataType.Decimal decimal) {
      BigDecimal rounded = value.setScale(decimal.scale(), RoundingMode.HALF_UP);
      if (rounded.unscaledValue().abs().compareTo(BigInteger.TEN.pow(decimal.precision())) >= 0) {
        throw new ArithmeticException("too many digits");
      }
      return rounded;
    }
    long whole = value.setScale(0, RoundingMode.DOWN).toBigInteger().longValueExact();
    int bits =
        switch ((Simple) type) {
          case TINYINT -> 8;
          case SMALLINT -> 16;
          case INTEGER -> 32;
          default -> 64;
        };
    if (whole != whole << (64 - bits) >> (64 - bits)) {
      throw new ArithmeticException("out of range");
    }
    return whole;
  }
}
