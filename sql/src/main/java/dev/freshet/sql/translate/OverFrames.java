package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.error.UnsupportedSqlException;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import dev.freshet.sql.plan.SortKey;
import dev.freshet.sql.plan.WindowFrame;
import dev.freshet.sql.plan.WindowFrame.Bound;
import dev.freshet.sql.plan.WindowFrame.Unit;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.rex.RexWindow;
import org.apache.calcite.rex.RexWindowBound;
import org.apache.calcite.rex.RexWindowExclusion;
import org.jspecify.annotations.Nullable;

/** The frames of window functions. */
final class OverFrames {
  private static final long MICROS_PER_DAY = 86_400_000_000L;
  private static final int LONG_DIGITS = 18;

  private OverFrames() {}

  /**
   * @param columns what the order's columns are
   */
  static WindowFrame convert(
      RexWindow window,
      List<SortKey> order,
      List<Expression> columns,
      RexToExpression expressions) {
    if (window.getExclude() != RexWindowExclusion.EXCLUDE_NO_OTHER) {
      throw new UnsupportedSqlException("OVER", "EXCLUDE is not there.");
    }
    Unit unit = window.isRows() ? Unit.ROWS : Unit.RANGE;
    boolean allEqual = order.isEmpty() && unit == Unit.RANGE;
    Frames frames = new Frames(unit, order, columns, expressions);
    WindowFrame frame =
        allEqual
            ? WindowFrame.ALL
            : new WindowFrame(
                unit, frames.bound(window.getLowerBound()), frames.bound(window.getUpperBound()));
    boolean all = frame.from() instanceof Bound.Unbounded && frame.to() instanceof Bound.Unbounded;
    return all ? WindowFrame.ALL : frame;
  }

  private record Frames(
      Unit unit, List<SortKey> order, List<Expression> columns, RexToExpression expressions) {
    Bound bound(RexWindowBound bound) {
      if (bound.isUnbounded()) {
        return new Bound.Unbounded();
      }
      if (bound.isCurrentRow()) {
        return new Bound.CurrentRow();
      }
      RexNode offset = java.util.Objects.requireNonNull(bound.getOffset());
      if (unit == Unit.ROWS) {
        long rows = wholeNumber(offset, "OVER");
        return new Bound.Rows(bound.isPreceding() ? -rows : rows);
      }
      SortKey key = order.getFirst();
      boolean descending = key.direction() == SortKey.Direction.DESCENDING;
      Expression column = new Expression.ColumnRef(key.column(), columns.get(key.column()).type());
      Expression distance = expressions.convert(offset);
      if (!(distance instanceof Expression.Literal literal)) {
        throw offset();
      }
      return new Bound.Value(
          moved(column, literal, offset, bound.isPreceding() == descending ? 1 : -1));
    }
  }

  /** The order's value, moved by a distance. */
  private static Expression moved(
      Expression column, Expression.Literal distance, RexNode rex, int sign) {
    DataType type = column.type();
    if (Types.isInterval(rex.getType())) {
      return movedTime(column, distance, rex, sign);
    }
    Function function = sign > 0 ? Function.PLUS : Function.MINUS;
    if (Types.isFloating(type)) {
      return Expressions.call(
          function,
          Simple.DOUBLE,
          Expressions.as(column, Simple.DOUBLE),
          positive(Expressions.as(distance, Simple.DOUBLE)));
    }
    BigDecimal value = value(distance);
    int scale = type instanceof DataType.Decimal decimal ? decimal.scale() : 0;
    if (!Types.isNumeric(type) || value.stripTrailingZeros().scale() > scale) {
      throw new UnsupportedSqlException(
          "OVER", "The distance in RANGE must have the type of the ORDER BY: " + type.sql() + ".");
    }
    if (!(type instanceof DataType.Decimal decimal)) {
      return Expressions.call(
          function, Simple.BIGINT, column, Expressions.bigint(value.longValueExact()));
    }
    int digits = decimal.precision() <= LONG_DIGITS ? LONG_DIGITS : DataType.Decimal.MAX_PRECISION;
    DataType wide = new DataType.Decimal(digits, scale);
    return Expressions.call(
        function, wide, column, new Expression.Literal(wide, Optional.of(value.setScale(scale))));
  }

  private static Expression movedTime(
      Expression column, Expression.Literal distance, RexNode rex, int sign) {
    DataType type = column.type();
    long amount = value(distance).longValueExact();
    boolean months = Types.isYearMonth(rex.getType());
    if (type == Simple.DATE && !months && amount % MICROS_PER_DAY != 0) {
      throw new UnsupportedSqlException("OVER", "Dates are whole days apart: use a TIMESTAMP.");
    }
    if (type != Simple.DATE && type != Simple.TIMESTAMP && type != Simple.TIMESTAMP_LTZ) {
      throw new UnsupportedSqlException(
          "OVER", "An interval in RANGE needs a date or timestamp in ORDER BY.");
    }
    return Expressions.call(
        months ? Function.PLUS_MONTHS : Function.PLUS_MICROS,
        type,
        column,
        Expressions.bigint(sign * amount));
  }

  private static Expression positive(Expression distance) {
    if (distance instanceof Expression.Literal literal
        && literal.value().orElse("") instanceof Double number
        && number >= 0) {
      return literal;
    }
    throw offset();
  }

  private static BigDecimal value(Expression.Literal literal) {
    if (!(literal.value().orElse("") instanceof Number number)) {
      throw offset();
    }
    BigDecimal value = new BigDecimal(number.toString());
    if (value.signum() < 0) {
      throw offset();
    }
    return value;
  }

  /** A literal operand that counts something. */
  static long count(RexOver over, int operand, long least) {
    String function = over.getAggOperator().getName();
    long count = wholeNumber(over.getOperands().get(operand), function);
    if (count < least) {
      throw new UnsupportedSqlException(
          function, "The number in it must be at least " + least + ".");
    }
    return count;
  }

  private static long wholeNumber(RexNode rex, String construct) {
    @Nullable BigDecimal value =
        RexUtil.removeCast(rex) instanceof RexLiteral literal
            ? literal.getValueAs(BigDecimal.class)
            : null;
    if (value == null
        || value.signum() < 0
        || value.stripTrailingZeros().scale() > 0
        || value.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0) {
      throw new UnsupportedSqlException(
          construct, "The number of rows must be a whole number, written as a constant.");
    }
    return value.longValueExact();
  }

  private static UnsupportedSqlException offset() {
    return new UnsupportedSqlException(
        "OVER", "The distance in RANGE must be a constant that is not negative.");
  }
}
