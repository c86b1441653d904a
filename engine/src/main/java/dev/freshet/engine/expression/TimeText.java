package dev.freshet.engine.expression;

import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.type.DataType;

/**
 * Casts between text and DATE, TIME, TIMESTAMP and TIMESTAMP_LTZ.
 *
 * <pre>
 * date       yyyy-MM-dd           month and day may have one digit when read
 * time       HH:mm[:ss[.f...]]    1 to 9 digits of a fraction when read, cut to microseconds
 * timestamp  date [(blank | T) time] [zone]
 * zone       Z | (+|-)HH[:mm]     only for TIMESTAMP_LTZ, which else is UTC
 * </pre>
 *
 * <p>A timestamp is written with exactly six digits of fraction, as Flink writes TIMESTAMP(6); a
 * time with as many as it needs.
 */
final class TimeText {
  private static final int FRACTION_DIGITS = 6;

  private TimeText() {}

  static Kernel parse(DataType.Simple type) {
    return x -> {
      BytesVector text = x.bytes(0);
      long[] result = new long[x.count()];
      Cursor cursor = new Cursor(text.data());
      for (int i = 0; i < result.length; i++) {
        if (x.isNull(i)) {
          continue;
        }
        int end = TextNumbers.trimEnd(text.data(), text.start(i), text.end(i));
        cursor.reset(TextNumbers.trimStart(text.data(), text.start(i), end), end);
        long value =
            switch (type) {
              case DATE -> Math.floorDiv(cursor.timestamp(false), Civil.MICROS_PER_DAY);
              case TIME -> cursor.time();
              case TIMESTAMP -> cursor.timestamp(false);
              default -> cursor.timestamp(true);
            };
        if (cursor.complete()) {
          result[i] = value;
        } else {
          x.fail(i, FailureKind.NOT_CONVERTIBLE);
        }
      }
      return x.result(result);
    };
  }

  /** Reads one text; the first thing that is wrong makes {@link #complete()} false. */
  private static final class Cursor {
    private final byte[] data;
    private int position;
    private int end;
    private boolean valid;

    Cursor(byte[] data) {
      this.data = data;
    }

    void reset(int start, int newEnd) {
      position = start;
      end = newEnd;
      valid = start < newEnd;
    }

    boolean complete() {
      return valid && position == end;
    }

    long timestamp(boolean zoned) {
      long micros = date() * Civil.MICROS_PER_DAY;
      if (position < end && (data[position] == ' ' || data[position] == 'T')) {
        position++;
        micros += time();
        if (zoned && position < end) {
          micros -= zone();
        }
      }
      return micros;
    }

    private long date() {
      long year = number(4, 4);
      expect('-');
      int month = number(1, 2);
      expect('-');
      int day = number(1, 2);
      valid &= month >= 1 && month <= 12;
      valid &= day >= 1 && valid && day <= Civil.daysInMonth(year, month);
      return valid ? Civil.epochDay(year, month, day) : 0;
    }

    long time() {
      long hour = number(1, 2);
      expect(':');
      long minute = number(2, 2);
      long second = 0;
      long micros = 0;
      if (accept(':')) {
        second = number(2, 2);
        if (accept('.')) {
          micros = fraction();
        }
      }
      valid &= hour < 24 && minute < 60 && second < 60;
      return hour * Civil.MICROS_PER_HOUR
          + minute * Civil.MICROS_PER_MINUTE
          + second * Civil.MICROS_PER_SECOND
          + micros;
    }

    private long fraction() {
      int first = position;
      long micros = 0;
      for (int digits = 0; position < end && TextNumbers.isDigit(data[position]); digits++) {
        if (digits < FRACTION_DIGITS) {
          micros = micros * 10 + (data[position] - '0');
        }
        position++;
      }
      int digits = position - first;
      valid &= digits >= 1 && digits <= 9;
      return digits < FRACTION_DIGITS && digits > 0
          ? micros * Int128.pow10(FRACTION_DIGITS - digits)
          : micros;
    }

    private long zone() {
      if (accept('Z')) {
        return 0;
      }
      accept(' ');
      boolean negative = position < end && data[position] == '-';
      if (!negative) {
        expect('+');
      } else {
        position++;
      }
      long hours = number(2, 2);
      long minutes = accept(':') ? number(2, 2) : 0;
      valid &= hours <= 18 && minutes < 60;
      long offset = hours * Civil.MICROS_PER_HOUR + minutes * Civil.MICROS_PER_MINUTE;
      return negative ? -offset : offset;
    }

    private int number(int minDigits, int maxDigits) {
      int first = position;
      int number = 0;
      while (position < end
          && position - first < maxDigits
          && TextNumbers.isDigit(data[position])) {
        number = number * 10 + (data[position++] - '0');
      }
      valid &= position - first >= minDigits;
      return number;
    }

    private boolean accept(char wanted) {
      if (position < end && data[position] == wanted) {
        position++;
        return true;
      }
      return false;
    }

    private void expect(char wanted) {
      valid &= accept(wanted);
    }
  }

  static Kernel format(DataType.Simple type) {
    return x -> {
      long[] from = x.longs(0);
      int count = x.count();
      BytesOutput out = new BytesOutput(count, 26 * count);
      for (int i = 0; i < count; i++) {
        if (!x.isNull(i)) {
          write(type, from[i], out);
        }
        out.endRow();
      }
      return out.build(x.nulls());
    };
  }

  private static void write(DataType.Simple type, long value, BytesOutput out) {
    switch (type) {
      case DATE -> writeDate(value, out);
      case TIME -> {
        writeTime(value, out);
        long micros = value % Civil.MICROS_PER_SECOND;
        if (micros != 0) {
          int width = FRACTION_DIGITS;
          while (micros % 10 == 0) {
            micros /= 10;
            width--;
          }
          out.appendByte('.');
          out.appendPadded(micros, width);
        }
      }
      default -> {
        writeDate(Math.floorDiv(value, Civil.MICROS_PER_DAY), out);
        out.appendByte(' ');
        long timeOfDay = Math.floorMod(value, Civil.MICROS_PER_DAY);
        writeTime(timeOfDay, out);
        out.appendByte('.');
        out.appendPadded(timeOfDay % Civil.MICROS_PER_SECOND, FRACTION_DIGITS);
      }
    }
  }

  private static void writeDate(long epochDay, BytesOutput out) {
    long date = Civil.date(epochDay);
    long year = Civil.year(date);
    if (year < 0) {
      out.appendByte('-');
    }
    out.appendPadded(Math.abs(year), 4);
    out.appendByte('-');
    out.appendPadded(Civil.month(date), 2);
    out.appendByte('-');
    out.appendPadded(Civil.day(date), 2);
  }

  private static void writeTime(long timeOfDay, BytesOutput out) {
    out.appendPadded(timeOfDay / Civil.MICROS_PER_HOUR, 2);
    out.appendByte(':');
    out.appendPadded(timeOfDay / Civil.MICROS_PER_MINUTE % 60, 2);
    out.appendByte(':');
    out.appendPadded(timeOfDay / Civil.MICROS_PER_SECOND % 60, 2);
  }
}
