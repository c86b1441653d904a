package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.Call;
import dev.freshet.sql.plan.Expression.Cast;
import dev.freshet.sql.plan.Expression.Literal;
import dev.freshet.sql.plan.Function;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Computes what is constant, where that cannot fail and is sure to give what the engine would: sums
 * of whole numbers, signs, and conversions of literals. Everything else stays, so that what fails
 * does so per row, as anywhere else.
 *
 * <pre>
 * CAST('2026-01-31' AS DATE)   becomes   DATE 2026-01-31
 * 60000000 * 5                 becomes   300000000
 * x / 0 * NULL                 becomes   NULL
 * </pre>
 */
final class Folding {
  private Folding() {}

  static Expression fold(Expression expression) {
    Optional<Literal> folded =
        switch (expression) {
          case Cast cast when cast.operand() instanceof Literal literal ->
              cast(literal, cast.type());
          case Call call -> call(call);
          case Expression.ColumnRef _, Literal _, Cast _, Expression.Case _ -> Optional.empty();
          case Expression.UserCall _ -> Optional.empty();
        };
    return folded.isPresent() ? folded.get() : expression;
  }

  /** The expression with every part folded, from the leaves up. */
  static Expression everywhere(Expression expression) {
    return switch (expression) {
      case Expression.ColumnRef column -> column;
      case Literal literal -> literal;
      case Cast cast -> fold(new Cast(everywhere(cast.operand()), cast.type(), cast.onFailure()));
      case Expression.UserCall call ->
          new Expression.UserCall(
              call.method(),
              call.arguments().stream().map(Folding::everywhere).toList(),
              call.type());
      case Call call ->
          fold(
              new Call(
                  call.function(),
                  call.arguments().stream().map(Folding::everywhere).toList(),
                  call.type()));
      case Expression.Case choice ->
          new Expression.Case(
              choice.branches().stream()
                  .map(branch ->
                      new Expression.Case.Branch(
                          everywhere(branch.condition()), everywhere(branch.result())))
                  .toList(),
              everywhere(choice.otherwise()),
              choice.type());
    };
  }

  /** The literal as another type; empty unless that is exact and cannot fail. */
  static Optional<Literal> cast(Literal literal, DataType type) {
    if (literal.value().isEmpty()) {
      return Optional.of(new Literal(type, Optional.empty()));
    }
    Object converted = convert(literal.value().get(), literal.type(), type);
    return converted == null
        ? Optional.empty()
        : Optional.of(new Literal(type, Optional.of(converted)));
  }

  private static @Nullable Object convert(Object value, DataType from, DataType to) {
    if (Types.isNumeric(from) && Types.isNumeric(to)) {
      return number(value, to);
    }
    if (value instanceof String text && from == Simple.VARCHAR) {
      return parsed(text.strip(), to);
    }
    return switch (value) {
      case LocalDate date when to == Simple.TIMESTAMP -> date.atStartOfDay();
      case LocalDate date when to == Simple.TIMESTAMP_LTZ ->
          date.atStartOfDay().toInstant(ZoneOffset.UTC);
      case LocalDateTime time when to == Simple.TIMESTAMP_LTZ -> time.toInstant(ZoneOffset.UTC);
      default -> null;
    };
  }

  private static @Nullable Object number(Object value, DataType to) {
    BigDecimal exact =
        value instanceof BigDecimal decimal
            ? decimal
            : value instanceof Long whole ? BigDecimal.valueOf(whole) : null;
    if (exact == null) {
      return to == Simple.DOUBLE ? value : null;
    }
    return switch (to) {
      case DataType.Decimal decimal -> decimal(exact, decimal);
      case Simple.TINYINT -> whole(exact, Byte.MIN_VALUE, Byte.MAX_VALUE);
      case Simple.SMALLINT -> whole(exact, Short.MIN_VALUE, Short.MAX_VALUE);
      case Simple.INTEGER -> whole(exact, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case Simple.BIGINT -> whole(exact, Long.MIN_VALUE, Long.MAX_VALUE);
      case Simple.DOUBLE -> exact.doubleValue();
      case Simple _, DataType.Array _, DataType.Map _, DataType.Row _ -> null;
    };
  }

  private static @Nullable Object decimal(BigDecimal value, DataType.Decimal type) {
    if (value.stripTrailingZeros().scale() > type.scale()) {
      return null;
    }
    BigDecimal scaled = value.setScale(type.scale(), RoundingMode.UNNECESSARY);
    return scaled.precision() <= type.precision() ? scaled : null;
  }

  private static @Nullable Object whole(BigDecimal value, long min, long max) {
    if (value.stripTrailingZeros().scale() > 0
        || value.compareTo(BigDecimal.valueOf(min)) < 0
        || value.compareTo(BigDecimal.valueOf(max)) > 0) {
      return null;
    }
    return value.longValueExact();
  }

  private static @Nullable Object parsed(String text, DataType to) {
    try {
      return switch (to) {
        case Simple.DATE -> text.length() == 10 ? LocalDate.parse(text) : null;
        case Simple.TIMESTAMP -> time(text);
        case Simple.TIMESTAMP_LTZ -> {
          LocalDateTime time = time(text);
          yield time == null ? null : time.toInstant(ZoneOffset.UTC);
        }
        case Simple.TINYINT, Simple.SMALLINT, Simple.INTEGER, Simple.BIGINT ->
            text.matches("-?[0-9]{1,18}") ? number(Long.valueOf(text), to) : null;
        case DataType.Decimal decimal ->
            text.matches("-?[0-9]{1,38}(\\.[0-9]{1,38})?")
                ? decimal(new BigDecimal(text), decimal)
                : null;
        case Simple.UUID -> text.length() == 36 ? UUID.fromString(text) : null;
        case Simple _, DataType.Array _, DataType.Map _, DataType.Row _ -> null;
      };
    } catch (DateTimeException | IllegalArgumentException e) {
      // Not of this form: the engine decides what the text means.
      return null;
    }
  }

  private static @Nullable LocalDateTime time(String text) {
    if (text.length() == 10) {
      return LocalDate.parse(text).atStartOfDay();
    }
    boolean whole = text.length() >= 19 && text.length() <= 26;
    return whole ? LocalDateTime.parse(text.replace(' ', 'T')) : null;
  }

  /** These give NULL for a NULL, whatever else they are given. */
  private static final Set<Function> STRICT =
      EnumSet.of(
          Function.PLUS,
          Function.MINUS,
          Function.TIMES,
          Function.DIVIDE,
          Function.MOD,
          Function.NEGATE);

  private static Optional<Literal> call(Call call) {
    if (STRICT.contains(call.function()) && call.arguments().stream().anyMatch(Folding::isNull)) {
      return Optional.of(new Literal(call.type(), Optional.empty()));
    }
    if (!Types.isNumeric(call.type())) {
      return Optional.empty();
    }
    List<Expression> arguments = call.arguments();
    if (call.function() == Function.NEGATE && arguments.getFirst() instanceof Literal literal) {
      return negate(literal);
    }
    if (arguments.size() != 2
        || !Types.isInteger(call.type())
        || !(whole(arguments.get(0)) instanceof Long a)
        || !(whole(arguments.get(1)) instanceof Long b)) {
      return Optional.empty();
    }
    Object value;
    try {
      value =
          switch (call.function()) {
            case PLUS -> Math.addExact(a, b);
            case MINUS -> Math.subtractExact(a, b);
            case TIMES -> Math.multiplyExact(a, b);
            default -> null;
          };
    } catch (ArithmeticException e) {
      return Optional.empty();
    }
    return value == null ? Optional.empty() : cast(literalOf((Long) value), call.type());
  }

  private static Optional<Literal> negate(Literal literal) {
    return switch (literal.value().orElseThrow()) {
      case Long whole when whole != Long.MIN_VALUE -> cast(literalOf(-whole), literal.type());
      case BigDecimal decimal ->
          Optional.of(new Literal(literal.type(), Optional.of(decimal.negate())));
      case Double number -> Optional.of(new Literal(literal.type(), Optional.of(-number)));
      default -> Optional.empty();
    };
  }

  private static Literal literalOf(long value) {
    return new Literal(Simple.BIGINT, Optional.of(value));
  }

  private static boolean isNull(Expression expression) {
    return expression instanceof Literal literal && literal.value().isEmpty();
  }

  private static @Nullable Object whole(Expression expression) {
    return expression instanceof Literal literal && literal.value().isPresent()
        ? literal.value().get()
        : null;
  }
}
