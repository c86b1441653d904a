package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.error.UnsupportedSqlException;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.Literal;
import java.time.DateTimeException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Refuses constants with which a function would fail on every row: patterns that are none, zones
 * and character sets that are not known.
 */
final class ConstantArguments {
  private static final Set<String> CHARACTER_SETS =
      Set.of("US-ASCII", "ISO-8859-1", "UTF-8", "UTF-16", "UTF-16BE", "UTF-16LE");

  private ConstantArguments() {}

  /**
   * @param name of the function in the text
   */
  static void check(String name, Expression result) {
    if (result instanceof Expression.Call call) {
      check(name, call);
      for (Expression argument : call.arguments()) {
        if (argument instanceof Expression.Call inner) {
          check(name, inner);
        }
      }
    } else if (result instanceof Expression.Cast cast) {
      check(name, cast.operand());
    }
  }

  private static void check(String name, Expression.Call call) {
    switch (call.function()) {
      case REGEXP, REGEXP_EXTRACT, REGEXP_EXTRACT_ALL, REGEXP_REPLACE, REGEXP_COUNT, REGEXP_INSTR ->
          text(call, 1).ifPresent(pattern -> regex(name, pattern));
      case DATE_FORMAT -> {
        text(call, 1).ifPresent(pattern -> times(name, pattern));
        if (call.arguments().getFirst().type() == Simple.TIME) {
          text(call, 1).ifPresent(pattern -> timeOfDay(name, pattern));
        }
      }
      case TO_TIMESTAMP -> text(call, 1).ifPresent(pattern -> times(name, pattern));
      case CONVERT_TZ -> {
        text(call, 1).ifPresent(zone -> zone(name, zone));
        text(call, 2).ifPresent(zone -> zone(name, zone));
      }
      case ENCODE, DECODE -> text(call, 1).ifPresent(set -> characterSet(name, set));
      default -> {}
    }
  }

  private static Optional<String> text(Expression.Call call, int argument) {
    List<Expression> arguments = call.arguments();
    return argument < arguments.size() && arguments.get(argument) instanceof Literal literal
        ? literal.value().map(Object::toString)
        : Optional.empty();
  }

  private static void regex(String name, String pattern) {
    try {
      var _ = Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw new UnsupportedSqlException(
          name,
          "Its pattern '" + pattern + "' is no regular expression: " + e.getDescription() + ".");
    }
  }

  private static void times(String name, String pattern) {
    try {
      var _ = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
    } catch (IllegalArgumentException e) {
      throw new UnsupportedSqlException(
          name, "'" + pattern + "' is no pattern of times, such as 'yyyy-MM-dd HH:mm:ss'.");
    }
  }

  private static void timeOfDay(String name, String pattern) {
    try {
      var _ = LocalTime.MIDNIGHT.format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
    } catch (DateTimeException e) {
      throw new UnsupportedSqlException(name, "'" + pattern + "' asks for more than a TIME has.");
    }
  }

  private static void zone(String name, String zone) {
    try {
      var _ = ZoneId.of(zone);
    } catch (DateTimeException e) {
      throw new UnsupportedSqlException(
          name,
          "The zone '" + zone + "' is not known. Write one such as 'Europe/Berlin' or 'UTC'.");
    }
  }

  private static void characterSet(String name, String set) {
    if (!CHARACTER_SETS.contains(set.toUpperCase(Locale.ROOT))) {
      throw new UnsupportedSqlException(
          name,
          "The character set '"
              + set
              + "' is not known. Write US-ASCII, ISO-8859-1, UTF-8, UTF-16, UTF-16BE or UTF-16LE.");
    }
  }
}
