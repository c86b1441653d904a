package dev.freshet.engine.expression;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A date pattern whose parts all have one width: {@code yyyy}, {@code MM}, {@code dd}, {@code HH},
 * {@code mm}, {@code ss}, {@code SSS} and what is no letter. Nearly all patterns are of this kind,
 * and they need no objects for a row. Immutable.
 */
final class FixedDateFormat {
  private static final String LETTERS = "yMdHmsS";
  private static final String NOT_PLAIN = "'[]{}#";
  private static final int LAST_ASCII = 0x7E;
  private static final int MICROS_PER_MILLI = 1_000;

  /** From year 1 to year 9999, where a year has four digits. */
  private static final long FIRST_DAY = Civil.epochDay(1, 1, 1);

  private static final long LAST_DAY = Civil.epochDay(9999, 12, 31);

  /**
   * @param width 0 for a character that stands for itself
   */
  private record Part(char letter, int width) {}

  private final List<Part> parts;
  private final boolean days;

  private FixedDateFormat(List<Part> parts, DataType type) {
    this.parts = List.copyOf(parts);
    this.days = type == Simple.DATE;
  }

  /** Empty when a part of the pattern may vary in width, or for a type without a date. */
  static Optional<FixedDateFormat> of(String pattern, DataType type) {
    if (type == Simple.TIME) {
      return Optional.empty();
    }
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < pattern.length(); ) {
      char c = pattern.charAt(i);
      int end = i + 1;
      if (LETTERS.indexOf(c) >= 0) {
        while (end < pattern.length() && pattern.charAt(end) == c) {
          end++;
        }
        if (end - i != width(c)) {
          return Optional.empty();
        }
        parts.add(new Part(c, end - i));
      } else if (Character.isLetter(c) || c > LAST_ASCII || NOT_PLAIN.indexOf(c) >= 0) {
        return Optional.empty();
      } else {
        parts.add(new Part(c, 0));
      }
      i = end;
    }
    return Optional.of(new FixedDateFormat(parts, type));
  }

  private static int width(char letter) {
    return switch (letter) {
      case 'y' -> 4;
      case 'S' -> 3;
      default -> 2;
    };
  }

  /**
   * Writes a value, unless its year has not four digits.
   *
   * @param value days for DATE, else microseconds since the epoch
   */
  boolean append(long value, BytesOutput out) {
    long day = days ? value : Math.floorDiv(value, Civil.MICROS_PER_DAY);
    if (day < FIRST_DAY || day > LAST_DAY) {
      return false;
    }
    long micros = days ? 0 : Math.floorMod(value, Civil.MICROS_PER_DAY);
    long date = Civil.date(day);
    for (Part part : parts) {
      if (part.width() == 0) {
        out.appendByte(part.letter());
      } else {
        out.appendPadded(number(part.letter(), date, micros), part.width());
      }
    }
    return true;
  }

  private static long number(char letter, long date, long micros) {
    return switch (letter) {
      case 'y' -> Civil.year(date);
      case 'M' -> Civil.month(date);
      case 'd' -> Civil.day(date);
      case 'H' -> micros / Civil.MICROS_PER_HOUR;
      case 'm' -> micros / Civil.MICROS_PER_MINUTE % 60;
      case 's' -> micros / Civil.MICROS_PER_SECOND % 60;
      default -> micros % Civil.MICROS_PER_SECOND / MICROS_PER_MILLI;
    };
  }
}
