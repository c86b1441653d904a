package dev.freshet.demo.verify;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One text for each value, whichever side it comes from: equal values have equal texts, values that
 * differ in value or kind have different ones. Numbers are told apart by value only, so that 7, 7.0
 * and 7.00 are equal, as SQL has it; -0.0 equals 0; times are cut to microseconds.
 *
 * <pre>
 * first character: N null | n number | s text | b boolean | x bytes | d date | t time |
 *                  l timestamp | z point in time, UTC | u uuid | a array
 * </pre>
 */
final class CanonicalText {
  private static final DateTimeFormatter DATE_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS", Locale.ROOT);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS", Locale.ROOT);

  private CanonicalText() {}

  static String of(@Nullable Object value) {
    return switch (value) {
      case null -> "N";
      case String text -> "s" + text;
      case Long number -> "n" + number;
      case BigDecimal number -> "n" + plain(number);
      case Double number -> "n" + plain(number);
      case Boolean flag -> "b" + flag;
      case LocalDate date -> "d" + date;
      case LocalTime time -> "t" + TIME.format(time);
      case LocalDateTime time -> "l" + DATE_TIME.format(time);
      case Instant time -> "z" + DATE_TIME.format(LocalDateTime.ofInstant(time, ZoneOffset.UTC));
      case UUID uuid -> "u" + uuid;
      case byte[] bytes -> "x" + HexFormat.of().formatHex(bytes);
      case List<?> elements -> array(elements);
      default ->
          throw new IllegalArgumentException(
              "Cannot compare a value of " + value.getClass() + ": " + value);
    };
  }

  private static String plain(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }

  private static String plain(double number) {
    return Double.isFinite(number)
        ? plain(new BigDecimal(Double.toString(number)))
        : Double.toString(number);
  }

  /** Each element with its length before it, so that no element can look like two. */
  private static String array(List<?> elements) {
    StringBuilder text = new StringBuilder("a").append(elements.size());
    for (Object element : elements) {
      String one = of(element);
      text.append(' ').append(one.length()).append(':').append(one);
    }
    return text.toString();
  }
}
