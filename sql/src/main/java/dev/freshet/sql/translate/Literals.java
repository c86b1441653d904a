package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.error.UnsupportedSqlException;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.Literal;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.util.DateString;
import org.apache.calcite.util.TimeString;
import org.apache.calcite.util.TimestampString;

/** Calcite's literals to ours. */
final class Literals {
  private static final long MICROS_PER_MILLI = 1000;

  private Literals() {}

  static Expression convert(RexLiteral literal) {
    DataType type = RexToExpression.type(literal.getType());
    if (literal.isNull()) {
      return Expressions.nullOf(type);
    }
    if (Types.isInterval(literal.getType())) {
      return interval(literal);
    }
    Object value =
        switch (type) {
          case DataType.Decimal decimal ->
              value(literal, BigDecimal.class).setScale(decimal.scale(), RoundingMode.HALF_UP);
          case Simple simple -> simple(literal, simple);
          case DataType.Array _, DataType.Map _, DataType.Row _ ->
              throw new UnsupportedSqlException(
                  "ARRAY", "Collections are no literals: write ARRAY[...], MAP[...] or ROW(...).");
        };
    return new Literal(type, Optional.of(value));
  }

  private static Object simple(RexLiteral literal, Simple type) {
    return switch (type) {
      case BOOLEAN -> value(literal, Boolean.class);
      case TINYINT, SMALLINT, INTEGER, BIGINT -> value(literal, BigDecimal.class).longValueExact();
      case REAL -> (double) value(literal, BigDecimal.class).floatValue();
      case DOUBLE -> value(literal, BigDecimal.class).doubleValue();
      case VARCHAR, JSON -> value(literal, String.class);
      case BINARY -> value(literal, byte[].class);
      case DATE -> LocalDate.parse(value(literal, DateString.class).toString());
      case TIME -> LocalTime.parse(value(literal, TimeString.class).toString());
      case TIMESTAMP -> timestamp(literal);
      case TIMESTAMP_LTZ -> timestamp(literal).toInstant(ZoneOffset.UTC);
      case UUID -> value(literal, UUID.class);
    };
  }

  private static LocalDateTime timestamp(RexLiteral literal) {
    return LocalDateTime.parse(value(literal, TimestampString.class).toString().replace(' ', 'T'));
  }

  private static Literal interval(RexLiteral literal) {
    long value = value(literal, BigDecimal.class).longValueExact();
    return Expressions.bigint(
        Types.isYearMonth(literal.getType()) ? value : Math.multiplyExact(value, MICROS_PER_MILLI));
  }

  private static <T> T value(RexLiteral literal, Class<T> type) {
    return Objects.requireNonNull(literal.getValueAs(type), "checked not to be null");
  }
}
