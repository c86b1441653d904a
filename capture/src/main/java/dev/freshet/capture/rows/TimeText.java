package dev.freshet.capture.rows;

import java.time.DateTimeException;
import java.time.LocalDate;

/** Dates and times in ISO 8601, to the microsecond; finer digits must be zeros. */
final class TimeText {
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long MICROS_PER_MINUTE = 60 * MICROS_PER_SECOND;
  static final long MICROS_PER_DAY = 24 * 60 * MICROS_PER_MINUTE;
  private static final int DATE_LENGTH = 10;
  private static final int FRACTION_DIGITS = 6;
  private static final int OFFSET_HOURS_MAX = 18;

  private TimeText() {}

  /** Days since 1970-01-01. */
  static long days(byte[] text, int start, int end) {
    if (end - start != DATE_LENGTH) {
      throw invalid(text, start, end, "a date such as 2026-01-31");
    }
    return date(text, start, end);
  }

  /** Microseconds of the day. */
  static long microsOfDay(byte[] text, int start, int end) {
    return time(text, start, end, start, end, "a time such as 10:30:00 or 10:30:00.123456");
  }

  /** Microseconds since 1970-01-01T00:00 of a time without zone. */
  static long localMicros(byte[] text, int start, int end) {
    String wanted = "a time without zone such as 2026-01-31T10:30:00";
    requireDateAndTime(text, start, end, wanted);
    return date(text, start, end) * MICROS_PER_DAY
        + time(text, start, end, start + DATE_LENGTH + 1, end, wanted);
  }

  /** Microseconds since 1970-01-01T00:00Z of a time with its zone. */
  static long instantMicros(byte[] text, int start, int end) {
    String wanted =
        "a time with its zone such as 2026-01-31T10:30:00Z or 2026-01-31T12:30:00+02:00";
    requireDateAndTime(text, start, end, wanted);
    int zone = end;
    long offset = 0;
    if (text[end - 1] == 'Z' || text[end - 1] == 'z') {
      zone = end - 1;
    } else if (end - start > DATE_LENGTH + 7
        && text[end - 3] == ':'
        && (text[end - 6] == '+' || text[end - 6] == '-')) {
      zone = end - 6;
      long hours = two(text, end - 5, start, end, wanted);
      long minutes = two(text, end - 2, start, end, wanted);
      if (hours > OFFSET_HOURS_MAX || minutes > 59) {
        throw invalid(text, start, end, wanted);
      }
      offset = (hours * 60 + minutes) * MICROS_PER_MINUTE;
      offset = text[end - 6] == '-' ? -offset : offset;
    } else {
      throw invalid(text, start, end, wanted);
    }
    return date(text, start, end) * MICROS_PER_DAY
        + time(text, start, end, start + DATE_LENGTH + 1, zone, wanted)
        - offset;
  }

  private static void requireDateAndTime(byte[] text, int start, int end, String wanted) {
    byte between = end - start > DATE_LENGTH + 1 ? text[start + DATE_LENGTH] : 0;
    if (between != 'T' && between != 't' && between != ' ') {
      throw invalid(text, start, end, wanted);
    }
  }

  private static long date(byte[] text, int start, int end) {
    String wanted = "a date such as 2026-01-31";
    if (text[start + 4] != '-' || text[start + 7] != '-') {
      throw invalid(text, start, end, wanted);
    }
    int year =
        two(text, start, start, end, wanted) * 100 + two(text, start + 2, start, end, wanted);
    int month = two(text, start + 5, start, end, wanted);
    int day = two(text, start + 8, start, end, wanted);
    try {
      if (year == 0) {
        throw invalid(text, start, end, wanted);
      }
      return LocalDate.of(year, month, day).toEpochDay();
    } catch (DateTimeException e) {
      throw CellProblem.value(TextCells.quoted(text, start, end) + " names no day of the calendar");
    }
  }

  private static long time(byte[] text, int start, int end, int from, int to, String wanted) {
    if (to - from < 5 || text[from + 2] != ':') {
      throw invalid(text, start, end, wanted);
    }
    long hours = two(text, from, start, end, wanted);
    long minutes = two(text, from + 3, start, end, wanted);
    long seconds = 0;
    long fraction = 0;
    if (to - from > 5) {
      if (to - from < 8 || text[from + 5] != ':') {
        throw invalid(text, start, end, wanted);
      }
      seconds = two(text, from + 6, start, end, wanted);
      fraction = fraction(text, start, end, from + 8, to, wanted);
    }
    if (hours > 23 || minutes > 59 || seconds > 59) {
      throw CellProblem.value(TextCells.quoted(text, start, end) + " names no time of the day");
    }
    return (hours * 60 + minutes) * MICROS_PER_MINUTE + seconds * MICROS_PER_SECOND + fraction;
  }

  private static long fraction(byte[] text, int start, int end, int from, int to, String wanted) {
    if (from == to) {
      return 0;
    }
    int digits = to - from - 1;
    if (text[from] != '.' || digits < 1 || digits > 9) {
      throw invalid(text, start, end, wanted);
    }
    long micros = 0;
    for (int i = 0; i < Math.max(digits, FRACTION_DIGITS); i++) {
      int digit = i < digits ? text[from + 1 + i] - '0' : 0;
      if (digit < 0 || digit > 9) {
        throw invalid(text, start, end, wanted);
      }
      if (i < FRACTION_DIGITS) {
        micros = micros * 10 + digit;
      } else if (digit != 0) {
        throw CellProblem.value(
            TextCells.quoted(text, start, end) + " is finer than a microsecond");
      }
    }
    return micros;
  }

  private static int two(byte[] text, int at, int start, int end, String wanted) {
    int tens = text[at] - '0';
    int ones = text[at + 1] - '0';
    if (tens < 0 || tens > 9 || ones < 0 || ones > 9) {
      throw invalid(text, start, end, wanted);
    }
    return tens * 10 + ones;
  }

  private static CellProblem invalid(byte[] text, int start, int end, String wanted) {
    return CellProblem.value(TextCells.quoted(text, start, end) + " is not " + wanted);
  }
}
