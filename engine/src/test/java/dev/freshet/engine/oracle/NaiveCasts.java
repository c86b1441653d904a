package dev.freshet.engine.oracle;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Conversions of boxed values; any exception is a failed conversion. */
final class NaiveCasts {
  private static final String NUMBER = "[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)";
  private static final String DATE = "([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})";
  private static final String TIME = "([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\\.([0-9]{1,9}))?)?";
  private static final Pattern TIMESTAMP =
      Pattern.compile(DATE + "(?:[ T]" + TIME + "(Z| ?[+-][0-9]{2}(?::[0-9]{2})?)?)?");
  private static final Pattern TIME_ONLY = Pattern.compile(TIME);

  private NaiveCasts() {}

  static Object cast(Object value, DataType from, DataType to) {
    if (from.equals(to)) {
      return value;
    }
    if (to instanceof DataType.Array array) {
      List<Object> elements = new ArrayList<>();
      for (Object element : (List<?>) value) {
        elements.add(
            element == null
                ? null
                : cast(element, ((DataType.Array) from).element(), array.element()));
      }
      return elements;
    }
    if (to instanceof DataType.Decimal) {
      return NaiveEvaluator.fit(decimal(value, from), to);
    }
    return switch ((Simple) to) {
      case TINYINT, SMALLINT, INTEGER, BIGINT -> NaiveEvaluator.fit(wholeSource(value, from), to);
      case REAL -> (double) real(value, from);
      case DOUBLE -> floating(value, from);
      case BOOLEAN -> bool(value);
      case VARCHAR -> text(value, from);
      case JSON -> value;
      case BINARY -> ((String) value).getBytes(StandardCharsets.UTF_8);
      case UUID -> uuid(trimmed(value));
      case DATE ->
          value instanceof String
              ? zoneless(trimmed(value)).toLocalDate()
              : wall(value).toLocalDate();
      case TIME ->
          value instanceof String
              ? time(TIME_ONLY.matcher(trimmed(value)), 0)
              : wall(value).toLocalTime();
      case TIMESTAMP ->
          value instanceof String
              ? zoneless(trimmed(value))
              : NaiveTime.timestamp(NaiveTime.micros(value), to);
      case TIMESTAMP_LTZ ->
          value instanceof String
              ? zoned(trimmed(value))
              : NaiveTime.timestamp(NaiveTime.micros(value), to);
    };
  }

  private static String trimmed(Object value) {
    return ((String) value).trim();
  }

  private static BigDecimal decimal(Object value, DataType from) {
    return switch (value) {
      case Boolean b -> b ? BigDecimal.ONE : BigDecimal.ZERO;
      case Double d ->
          new BigDecimal(from == Simple.REAL ? Float.toString(d.floatValue()) : d.toString());
      case String s -> {
        String text = s.trim();
        if (!text.matches(NUMBER + "([eE][+-]?[0-9]+)?")) {
          throw new NumberFormatException(text);
        }
        yield new BigDecimal(text);
      }
      default -> new BigDecimal(value.toString());
    };
  }

  private static BigDecimal wholeSource(Object value, DataType from) {
    return switch (value) {
      case Double d -> new BigDecimal(d);
      case String s -> {
        String text = s.trim();
        if (!text.matches(NUMBER)) {
          throw new NumberFormatException(text);
        }
        yield new BigDecimal(text);
      }
      default -> decimal(value, from);
    };
  }

  private static double floating(Object value, DataType from) {
    return switch (value) {
      case Double d -> d;
      case String s -> Double.parseDouble(checked(s));
      default -> decimal(value, from).doubleValue();
    };
  }

  private static float real(Object value, DataType from) {
    return switch (value) {
      case Double d -> d.floatValue();
      case String s -> Float.parseFloat(checked(s));
      default -> decimal(value, from).floatValue();
    };
  }

  private static String checked(String text) {
    String number = text.trim();
    if (!number.matches(NUMBER + "([eE][+-]?[0-9]+)?|NaN|-?Infinity")) {
      throw new NumberFormatException(number);
    }
    return number;
  }

  private static boolean bool(Object value) {
    return switch (value) {
      case Long l -> l != 0;
      case Double d -> d != 0;
      case BigDecimal b -> b.signum() != 0;
      default ->
          switch (trimmed(value).toLowerCase(Locale.ROOT)) {
            case "true", "t", "yes", "y", "1" -> true;
            case "false", "f", "no", "n", "0" -> false;
            default -> throw new IllegalArgumentException("not a boolean");
          };
    };
  }

  private static String text(Object value, DataType from) {
    return switch (value) {
      case Boolean b -> b.toString().toUpperCase(Locale.ROOT);
      case BigDecimal b -> b.toPlainString();
      case Double d -> from == Simple.REAL ? Float.toString(d.floatValue()) : d.toString();
      case byte[] bytes -> {
        try {
          yield StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
          throw new IllegalArgumentException(e);
        }
      }
      // Java writes a plus before years of five digits.
      case LocalDate date -> date.toString().replace("+", "");
      case LocalDateTime time ->
          time.format(DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS")).replace("+", "");
      case Instant instant ->
          text(LocalDateTime.ofInstant(instant, ZoneOffset.UTC), Simple.TIMESTAMP);
      case LocalTime time ->
          time.format(DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS")).replaceFirst("\\.?0*$", "");
      case List<?> list -> {
        List<String> parts = new ArrayList<>();
        for (Object element : list) {
          parts.add(element == null ? "NULL" : text(element, ((DataType.Array) from).element()));
        }
        yield parts.toString();
      }
      default -> value.toString();
    };
  }

  private static UUID uuid(String text) {
    if (!text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")) {
      throw new IllegalArgumentException("not a UUID");
    }
    return UUID.fromString(text);
  }

  private static LocalDateTime wall(Object value) {
    return switch (value) {
      case LocalDate date -> date.atStartOfDay();
      case Instant instant -> LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
      default -> (LocalDateTime) value;
    };
  }

  private static LocalDateTime zoneless(String text) {
    Matcher matcher = TIMESTAMP.matcher(text);
    if (!matcher.matches() || matcher.group(8) != null) {
      throw new IllegalArgumentException("not a timestamp");
    }
    return wall(matcher);
  }

  private static LocalDateTime wall(Matcher matcher) {
    LocalDate date =
        LocalDate.of(
            Integer.parseInt(matcher.group(1)),
            Integer.parseInt(matcher.group(2)),
            Integer.parseInt(matcher.group(3)));
    return matcher.group(4) == null ? date.atStartOfDay() : date.atTime(time(matcher, 3));
  }

  private static Instant zoned(String text) {
    Matcher matcher = TIMESTAMP.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a timestamp");
    }
    String zone = matcher.group(8);
    ZoneOffset offset =
        zone == null || zone.equals("Z") ? ZoneOffset.UTC : ZoneOffset.of(zone.trim());
    return wall(matcher).toInstant(offset);
  }

  private static LocalTime time(Matcher matcher, int group) {
    if (group == 0 && !matcher.matches()) {
      throw new IllegalArgumentException("not a time");
    }
    String second = matcher.group(group + 3);
    String fraction = matcher.group(group + 4);
    int micros =
        fraction == null
            ? 0
            : new BigDecimal("0." + fraction)
                .movePointRight(6)
                .setScale(0, RoundingMode.DOWN)
                .intValueExact();
    return LocalTime.of(
        Integer.parseInt(matcher.group(group + 1)),
        Integer.parseInt(matcher.group(group + 2)),
        second == null ? 0 : Integer.parseInt(second),
        micros * 1_000);
  }
}
