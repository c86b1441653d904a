package dev.freshet.engine.expression;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;

/** EXTRACT and FLOOR TO. A DATE has the time 00:00; a TIME has no date. */
final class TimeFields {
  private TimeFields() {}

  /** The parts of a date. */
  enum DateField {
    YEAR,
    QUARTER,
    MONTH,
    WEEK,
    DAY,
    DOW,
    DOY
  }

  /**
   * The parts of a time of day, each with the micros of its unit and how many make the next unit.
   */
  enum TimeField {
    HOUR(Civil.MICROS_PER_HOUR, 24),
    MINUTE(Civil.MICROS_PER_MINUTE, 60),
    SECOND(Civil.MICROS_PER_SECOND, 60),
    MILLISECOND(1_000, 1_000);

    private final long micros;
    private final long perNext;

    TimeField(long micros, long perNext) {
      this.micros = micros;
      this.perNext = perNext;
    }
  }

  static Kernel extract(DateField field, DataType type) {
    return x -> {
      long[] days = days(x, type);
      switch (field) {
        case YEAR, MONTH, DAY, QUARTER -> {
          for (int i = 0; i < days.length; i++) {
            days[i] = ofDate(field, Civil.date(days[i]));
          }
        }
        case WEEK -> {
          for (int i = 0; i < days.length; i++) {
            days[i] = Civil.isoWeek(days[i]);
          }
        }
        case DOW -> {
          for (int i = 0; i < days.length; i++) {
            days[i] = (Civil.dayFromMonday(days[i]) + 1) % 7 + 1;
          }
        }
        case DOY -> {
          for (int i = 0; i < days.length; i++) {
            days[i] = Civil.dayOfYear(days[i]);
          }
        }
      }
      return x.result(days);
    };
  }

  private static long ofDate(DateField field, long date) {
    return switch (field) {
      case YEAR -> Civil.year(date);
      case QUARTER -> (Civil.month(date) + 2) / 3;
      case MONTH -> Civil.month(date);
      default -> Civil.day(date);
    };
  }

  /** A fresh array of the values' day numbers. */
  private static long[] days(Arguments x, DataType type) {
    long[] from = x.longs(0);
    long[] days = new long[x.count()];
    if (type == Simple.DATE) {
      System.arraycopy(from, 0, days, 0, days.length);
    } else {
      for (int i = 0; i < days.length; i++) {
        days[i] = Math.floorDiv(from[i], Civil.MICROS_PER_DAY);
      }
    }
    return days;
  }

  static Kernel extract(TimeField field, DataType type) {
    if (type == Simple.DATE) {
      return x -> x.result(new long[x.count()]);
    }
    long unit = field.micros;
    long perNext = field.perNext;
    return x -> {
      long[] from = x.longs(0);
      long[] result = new long[x.count()];
      for (int i = 0; i < result.length; i++) {
        result[i] = Math.floorMod(Math.floorDiv(from[i], unit), perNext);
      }
      return x.result(result);
    };
  }

  static Kernel epoch(DataType type) {
    return x -> {
      long[] from = x.longs(0);
      long[] result = new long[x.count()];
      for (int i = 0; i < result.length; i++) {
        result[i] =
            type == Simple.DATE
                ? from[i] * 86_400
                : Math.floorDiv(from[i], Civil.MICROS_PER_SECOND);
      }
      return x.result(result);
    };
  }

  /** To the start of a unit of days. */
  static Kernel floor(DateField field, DataType type) {
    boolean isDate = type == Simple.DATE;
    return x -> {
      long[] days = days(x, type);
      for (int i = 0; i < days.length; i++) {
        days[i] = floorDay(field, days[i]);
      }
      return isDate ? x.result(days) : TimeKernels.micros(x, days);
    };
  }

  private static long floorDay(DateField field, long day) {
    long date = Civil.date(day);
    return switch (field) {
      case YEAR -> Civil.epochDay(Civil.year(date), 1, 1);
      case QUARTER -> Civil.epochDay(Civil.year(date), (Civil.month(date) - 1) / 3 * 3 + 1, 1);
      case MONTH -> day - Civil.day(date) + 1;
      case WEEK -> day - Civil.dayFromMonday(day);
      case DAY, DOW, DOY -> day;
    };
  }

  /** To the start of a unit within the day. */
  static Kernel floor(TimeField field, DataType type) {
    if (type == Simple.DATE) {
      return Casts::identity;
    }
    long unit = field.micros;
    return x -> {
      long[] from = x.longs(0);
      long[] result = new long[x.count()];
      for (int i = 0; i < result.length; i++) {
        result[i] = from[i] - Math.floorMod(from[i], unit);
        if (result[i] > from[i]) {
          x.failIfLive(i, FailureKind.OUT_OF_RANGE);
        }
      }
      return x.result(result);
    };
  }
}
