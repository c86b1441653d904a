package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.error.UnsupportedSqlException;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.avatica.util.TimeUnitRange;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.type.SqlTypeName;

/**
 * Dates, times and intervals. A plan has no intervals: a day-time interval is a BIGINT of
 * microseconds, a year-month interval one of months.
 */
final class TimeCalls {
  private static final long MICROS_PER_MILLI = 1000;
  private static final int MONTHS_PER_YEAR = 12;
  private static final int MONTHS_PER_QUARTER = 3;

  private final RexToExpression expressions;

  TimeCalls(RexToExpression expressions) {
    this.expressions = expressions;
  }

  /** Whether the call computes with intervals or with units of time. */
  static boolean concerns(RexCall call) {
    return switch (call.getOperator().getName()) {
      case "EXTRACT", "TIME_DIFFERENCE", "TUMBLE_START" -> true;
      case "FLOOR", "CEIL" -> call.getOperands().size() == 2;
      default ->
          Types.isInterval(call.getType())
              || call.getOperands().stream().anyMatch(o -> Types.isInterval(o.getType()));
    };
  }

  Expression convert(RexCall call) {
    return switch (call.getOperator().getName()) {
      case "EXTRACT" -> extract(call);
      case "TIME_DIFFERENCE" -> difference(call);
      case "TUMBLE_START" -> tumbleStart(call);
      case "FLOOR" -> floor(call);
      case "CEIL" -> ceil(call);
      case "Reinterpret" -> expressions.convert(call.getOperands().getFirst());
      default -> arithmetic(call);
    };
  }

  private Expression arithmetic(RexCall call) {
    RexNode left = call.getOperands().getFirst();
    if (call.getOperands().size() == 1) {
      Expression operand = expressions.convert(left);
      return switch (call.getKind()) {
        case MINUS_PREFIX -> Expressions.call(Function.NEGATE, Simple.BIGINT, operand);
        case PLUS_PREFIX -> operand;
        default -> throw unsupported(call);
      };
    }
    RexNode right = call.getOperands().get(1);
    if (Types.isInterval(call.getType())) {
      return interval(call, left, right);
    }
    return switch (call.getKind()) {
      case PLUS ->
          Types.isInterval(right.getType())
              ? shifted(call, left, right, 1)
              : shifted(call, right, left, 1);
      case MINUS -> shifted(call, left, right, -1);
      default -> throw unsupported(call);
    };
  }

  private Expression interval(RexCall call, RexNode left, RexNode right) {
    if (!Types.isInterval(left.getType()) && !Types.isInterval(right.getType())) {
      return between(left, right, call.getType());
    }
    Function function =
        switch (call.getKind()) {
          case PLUS -> Function.PLUS;
          case MINUS -> Function.MINUS;
          case TIMES -> Function.TIMES;
          case DIVIDE -> Function.DIVIDE;
          default -> throw unsupported(call);
        };
    return scaled(function, expressions.convert(left), expressions.convert(right));
  }

  /** An interval by a number with a fraction is computed with the fraction, then cut. */
  private static Expression scaled(Function function, Expression left, Expression right) {
    DataType exact = fraction(left).or(() -> fraction(right)).orElse(Simple.BIGINT);
    if (exact == Simple.BIGINT) {
      return Expressions.call(
          function,
          Simple.BIGINT,
          Expressions.as(left, Simple.BIGINT),
          Expressions.as(right, Simple.BIGINT));
    }
    boolean isDouble = exact == Simple.DOUBLE;
    return Expressions.as(
        Expressions.call(
            function,
            exact,
            Expressions.as(left, isDouble ? exact : Types.asDecimal(left.type())),
            Expressions.as(right, isDouble ? exact : Types.asDecimal(right.type()))),
        Simple.BIGINT);
  }

  /** The type to compute in when this is a number with a fraction. */
  private static Optional<DataType> fraction(Expression number) {
    return switch (number.type()) {
      case DataType.Decimal decimal when decimal.scale() > 0 ->
          Optional.of(new DataType.Decimal(DataType.Decimal.MAX_PRECISION, decimal.scale()));
      case DataType type when Types.isFloating(type) -> Optional.of(Simple.DOUBLE);
      case DataType _ -> Optional.empty();
    };
  }

  private Expression between(RexNode left, RexNode right, RelDataType interval) {
    Expression a = expressions.convert(left);
    Expression b = expressions.convert(right);
    DataType type = Coercion.comparable(a, b);
    return Expressions.call(
        Types.isYearMonth(interval) ? Function.MONTHS_BETWEEN : Function.MICROS_BETWEEN,
        Simple.BIGINT,
        Expressions.as(a, type),
        Expressions.as(b, type));
  }

  /** A time plus or minus an interval. */
  private Expression shifted(RexCall call, RexNode time, RexNode interval, int sign) {
    DataType type = RexToExpression.type(call.getType());
    Expression amount = expressions.convert(interval);
    return Expressions.call(
        Types.isYearMonth(interval.getType()) ? Function.PLUS_MONTHS : Function.PLUS_MICROS,
        type,
        Expressions.as(expressions.convert(time), type),
        sign > 0 ? amount : Expressions.call(Function.NEGATE, Simple.BIGINT, amount));
  }

  /** An interval as an interval keeps its value; as a number it counts its unit. */
  Expression castInterval(RexNode operand, RelDataType target) {
    boolean same =
        Types.isInterval(operand.getType())
            && Types.isInterval(target)
            && Types.isYearMonth(operand.getType()) == Types.isYearMonth(target);
    if (same) {
      return expressions.convert(operand);
    }
    throw new UnsupportedSqlException(
        "CAST",
        "An interval cannot be converted. Use TIMESTAMPDIFF(unit, from, to) for the number of"
            + " units between two times.");
  }

  private Expression tumbleStart(RexCall call) {
    List<Expression> arguments = expressions.convert(call.getOperands());
    return Expressions.call(
        Function.TUMBLE_START,
        arguments.getFirst().type(),
        arguments.get(0),
        arguments.get(1),
        arguments.get(2));
  }

  private Expression difference(RexCall call) {
    String unit =
        Objects.requireNonNull(
            ((RexLiteral) call.getOperands().getFirst()).getValueAs(String.class));
    Expression from = expressions.convert(call.getOperands().get(1));
    Expression to = expressions.convert(call.getOperands().get(2));
    DataType type = Coercion.comparable(from, to);
    boolean months = TimeUnit.valueOf(unit).yearMonth;
    Expression whole =
        Expressions.call(
            months ? Function.MONTHS_BETWEEN : Function.MICROS_BETWEEN,
            Simple.BIGINT,
            Expressions.as(to, type),
            Expressions.as(from, type));
    long size = months ? months(unit) : micros(unit);
    Expression count =
        size == 1
            ? whole
            : Expressions.call(Function.DIVIDE, Simple.BIGINT, whole, Expressions.bigint(size));
    return Expressions.as(count, RexToExpression.type(call.getType()));
  }

  private static long months(String unit) {
    return switch (TimeUnit.valueOf(unit)) {
      case YEAR -> MONTHS_PER_YEAR;
      case QUARTER -> MONTHS_PER_QUARTER;
      case MONTH -> 1;
      default -> throw unit("TIMESTAMPDIFF", unit);
    };
  }

  private static long micros(String unit) {
    return switch (TimeUnit.valueOf(unit)) {
      case WEEK, DAY, HOUR, MINUTE, SECOND, MILLISECOND ->
          TimeUnit.valueOf(unit).multiplier.longValueExact() * MICROS_PER_MILLI;
      case MICROSECOND -> 1;
      default -> throw unit("TIMESTAMPDIFF", unit);
    };
  }

  private Expression extract(RexCall call) {
    TimeUnitRange unit = unit(call.getOperands().getFirst());
    RexNode operand = call.getOperands().get(1);
    if (Types.isInterval(operand.getType())) {
      return Expressions.as(part(unit, operand), RexToExpression.type(call.getType()));
    }
    Function function =
        switch (unit) {
          case YEAR -> Function.EXTRACT_YEAR;
          case QUARTER -> Function.EXTRACT_QUARTER;
          case MONTH -> Function.EXTRACT_MONTH;
          case WEEK -> Function.EXTRACT_WEEK;
          case DAY -> Function.EXTRACT_DAY;
          case DOW -> Function.EXTRACT_DOW;
          case DOY -> Function.EXTRACT_DOY;
          case HOUR -> Function.EXTRACT_HOUR;
          case MINUTE -> Function.EXTRACT_MINUTE;
          case SECOND -> Function.EXTRACT_SECOND;
          case MILLISECOND -> Function.EXTRACT_MILLISECOND;
          case EPOCH -> Function.EXTRACT_EPOCH;
          default -> throw unit("EXTRACT", unit.name());
        };
    return Expressions.as(
        Expressions.call(function, Simple.BIGINT, expressions.convert(operand)),
        RexToExpression.type(call.getType()));
  }

  /** A part of an interval: what is left of the next larger unit, in whole ones. */
  private Expression part(TimeUnitRange unit, RexNode interval) {
    Expression amount = expressions.convert(interval);
    boolean months = Types.isYearMonth(interval.getType());
    if (months != unit.startUnit.yearMonth || unit == TimeUnitRange.QUARTER) {
      throw new UnsupportedSqlException("EXTRACT", "The interval has no " + unit.name() + ".");
    }
    long size = months ? months(unit.name()) : micros(unit.name());
    long next =
        switch (unit) {
          case MONTH -> MONTHS_PER_YEAR;
          case HOUR -> micros(TimeUnit.DAY.name());
          case MINUTE -> micros(TimeUnit.HOUR.name());
          case SECOND -> micros(TimeUnit.MINUTE.name());
          case YEAR, DAY -> 0;
          default -> throw unit("EXTRACT", unit.name());
        };
    Expression rest =
        next == 0
            ? amount
            : Expressions.call(Function.MOD, Simple.BIGINT, amount, Expressions.bigint(next));
    return Expressions.call(Function.DIVIDE, Simple.BIGINT, rest, Expressions.bigint(size));
  }

  private Expression floor(RexCall call) {
    Function function = floor("FLOOR", unit(call.getOperands().get(1)));
    Expression time = expressions.convert(call.getOperands().getFirst());
    return Expressions.call(function, time.type(), time);
  }

  private static Function floor(String name, TimeUnitRange unit) {
    return switch (unit) {
      case YEAR -> Function.FLOOR_TO_YEAR;
      case QUARTER -> Function.FLOOR_TO_QUARTER;
      case MONTH -> Function.FLOOR_TO_MONTH;
      case WEEK -> Function.FLOOR_TO_WEEK;
      case DAY -> Function.FLOOR_TO_DAY;
      case HOUR -> Function.FLOOR_TO_HOUR;
      case MINUTE -> Function.FLOOR_TO_MINUTE;
      case SECOND -> Function.FLOOR_TO_SECOND;
      default -> throw unit(name, unit.name());
    };
  }

  /** FLOOR(time - the smallest step TO unit) + unit. */
  private Expression ceil(RexCall call) {
    TimeUnitRange range = unit(call.getOperands().get(1));
    Function floor = floor("CEIL", range);
    Expression time = expressions.convert(call.getOperands().getFirst());
    DataType type = time.type();
    long step = type == Simple.DATE ? micros(TimeUnit.DAY.name()) : 1;
    Expression before =
        Expressions.call(Function.PLUS_MICROS, type, time, Expressions.bigint(-step));
    Expression start = Expressions.call(floor, type, before);
    TimeUnit unit = range.startUnit;
    if (unit.yearMonth) {
      long months = months(unit.name());
      return Expressions.call(Function.PLUS_MONTHS, type, start, Expressions.bigint(months));
    }
    long width = Math.max(step, micros(unit.name()));
    return Expressions.call(Function.PLUS_MICROS, type, start, Expressions.bigint(width));
  }

  private static TimeUnitRange unit(RexNode flag) {
    return Objects.requireNonNull(((RexLiteral) flag).getValueAs(TimeUnitRange.class));
  }

  private static UnsupportedSqlException unit(String function, String unit) {
    return new UnsupportedSqlException(function, "The unit " + unit + " is not there.");
  }

  private static UnsupportedSqlException unsupported(RexCall call) {
    String name = call.getOperator().getName();
    boolean stamp =
        call.getOperands().stream()
            .anyMatch(o -> o.getType().getSqlTypeName() == SqlTypeName.TIMESTAMP);
    return new UnsupportedSqlException(
        name,
        "Intervals can be added, subtracted, multiplied and divided by numbers"
            + (stamp ? ", and added to times." : "."));
  }
}
