package dev.freshet.engine.expression;

import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;

/** Arithmetic on DATE, TIME, TIMESTAMP and TIMESTAMP_LTZ. */
final class TimeKernels {
  /** The last day on which a timestamp can lie; the first is its negative. */
  private static final long MAX_TIMESTAMP_DAY = Long.MAX_VALUE / Civil.MICROS_PER_DAY + 1;

  private TimeKernels() {}

  static Vector dayOfTimestamp(Arguments x) {
    long[] from = x.longs(0);
    long[] result = new long[x.count()];
    for (int i = 0; i < result.length; i++) {
      result[i] = Math.floorDiv(from[i], Civil.MICROS_PER_DAY);
    }
    return x.result(result);
  }

  static Vector timeOfTimestamp(Arguments x) {
    long[] from = x.longs(0);
    long[] result = new long[x.count()];
    for (int i = 0; i < result.length; i++) {
      result[i] = Math.floorMod(from[i], Civil.MICROS_PER_DAY);
    }
    return x.result(result);
  }

  static Vector timestampOfDay(Arguments x) {
    return micros(x, x.longs(0));
  }

  /** The timestamps at which these days begin. */
  static Vector micros(Arguments x, long[] days) {
    long[] result = new long[x.count()];
    for (int i = 0; i < result.length; i++) {
      result[i] = days[i] * Civil.MICROS_PER_DAY;
      if (Math.multiplyHigh(days[i], Civil.MICROS_PER_DAY) != result[i] >> 63) {
        x.failIfLive(i, FailureKind.OUT_OF_RANGE);
      }
    }
    return x.result(result);
  }

  /**
   * (time, micros): a DATE moves by whole days, the rest of the interval cut toward the past; a
   * TIME stays within its day.
   */
  static Kernel plusMicros(DataType from, DataType to) {
    if (from == Simple.DATE && to != Simple.DATE) {
      return x -> plusMicros(x, Civil.MICROS_PER_DAY, 1, to);
    }
    return x -> plusMicros(x, 1, from == Simple.DATE ? Civil.MICROS_PER_DAY : 1, to);
  }

  private static Vector plusMicros(Arguments x, long unit, long divisor, DataType to) {
    long[] a = x.longs(0);
    long[] b = x.longs(1);
    int maskA = x.mask(0);
    int maskB = x.mask(1);
    long[] result = new long[x.count()];
    for (int i = 0; i < result.length; i++) {
      long p = a[i & maskA] * unit;
      long interval = b[i & maskB];
      long q =
          to == Simple.TIME
              ? Math.floorMod(interval, Civil.MICROS_PER_DAY)
              : Math.floorDiv(interval, divisor);
      long sum = p + q;
      boolean overflow = ((p ^ sum) & (q ^ sum)) < 0;
      overflow |= unit != 1 && Math.multiplyHigh(a[i & maskA], unit) != p >> 63;
      overflow |= to == Simple.DATE && !isDay(sum);
      if (overflow) {
        x.failIfLive(i, FailureKind.OUT_OF_RANGE);
      }
      result[i] = to == Simple.TIME ? Math.floorMod(sum, Civil.MICROS_PER_DAY) : sum;
    }
    return x.result(result);
  }

  private static boolean isDay(long day) {
    return day >= Civil.MIN_DAY && day <= Civil.MAX_DAY;
  }

  static Kernel plusMonths(DataType type) {
    boolean isDate = type == Simple.DATE;
    return x -> {
      long[] a = x.longs(0);
      long[] b = x.longs(1);
      int maskA = x.mask(0);
      int maskB = x.mask(1);
      long[] result = new long[x.count()];
      for (int i = 0; i < result.length; i++) {
        if (x.isNull(i)) {
          continue;
        }
        long value = a[i & maskA];
        long day = isDate ? value : Math.floorDiv(value, Civil.MICROS_PER_DAY);
        long months = b[i & maskB];
        if (Math.abs(months) > 24_000_000_000L || months == Long.MIN_VALUE || !isDay(day)) {
          x.fail(i, FailureKind.OUT_OF_RANGE);
          continue;
        }
        long moved = Civil.plusMonths(day, months);
        // A sum that wrapped around lies on another day.
        long sum = moved * Civil.MICROS_PER_DAY + Math.floorMod(value, Civil.MICROS_PER_DAY);
        result[i] = isDate ? moved : sum;
        boolean fits =
            isDate
                ? isDay(moved)
                : Math.abs(moved) <= MAX_TIMESTAMP_DAY
                    && Math.floorDiv(sum, Civil.MICROS_PER_DAY) == moved;
        if (!fits) {
          x.fail(i, FailureKind.OUT_OF_RANGE);
        }
      }
      return x.result(result);
    };
  }

  static Kernel microsBetween(DataType type) {
    long unit = type == Simple.DATE ? Civil.MICROS_PER_DAY : 1;
    return x -> {
      long[] a = x.longs(0);
      long[] b = x.longs(1);
      int maskA = x.mask(0);
      int maskB = x.mask(1);
      long[] result = new long[x.count()];
      for (int i = 0; i < result.length; i++) {
        long p = a[i & maskA];
        long q = b[i & maskB];
        long difference = p - q;
        result[i] = difference * unit;
        if (((p ^ q) & (p ^ difference)) < 0
            || Math.multiplyHigh(difference, unit) != result[i] >> 63) {
          x.failIfLive(i, FailureKind.OUT_OF_RANGE);
        }
      }
      return x.result(result);
    };
  }

  static Kernel monthsBetween(DataType type) {
    long unit = type == Simple.DATE ? 1 : Civil.MICROS_PER_DAY;
    return x -> {
      long[] a = x.longs(0);
      long[] b = x.longs(1);
      int maskA = x.mask(0);
      int maskB = x.mask(1);
      long[] result = new long[x.count()];
      for (int i = 0; i < result.length; i++) {
        long p = a[i & maskA];
        long q = b[i & maskB];
        result[i] = p >= q ? months(q, p, unit) : -months(p, q, unit);
      }
      return x.result(result);
    };
  }

  /** The most months that can be added to {@code from} without passing {@code to}. */
  private static long months(long from, long to, long unit) {
    long fromDay = Math.floorDiv(from, unit);
    long toDay = Math.floorDiv(to, unit);
    long fromDate = Civil.date(fromDay);
    long toDate = Civil.date(toDay);
    long months =
        (Civil.year(toDate) - Civil.year(fromDate)) * 12
            + Civil.month(toDate)
            - Civil.month(fromDate);
    long moved = Civil.plusMonths(fromDay, months);
    boolean passed =
        moved > toDay || (moved == toDay && Math.floorMod(from, unit) > Math.floorMod(to, unit));
    return passed ? months - 1 : months;
  }

  /** (time, size, offset). */
  static Vector tumbleStart(Arguments x) {
    long[] time = x.longs(0);
    long[] size = x.longs(1);
    int maskTime = x.mask(0);
    int maskSize = x.mask(1);
    long[] offset = x.size() > 2 ? x.longs(2) : new long[1];
    int maskOffset = x.size() > 2 ? x.mask(2) : 0;
    long[] result = new long[x.count()];
    for (int i = 0; i < result.length; i++) {
      long width = size[i & maskSize];
      if (width <= 0) {
        x.failIfLive(i, FailureKind.INVALID_ARGUMENT);
        continue;
      }
      long value = time[i & maskTime];
      long into =
          Math.floorMod(
              Math.floorMod(value, width) - Math.floorMod(offset[i & maskOffset], width), width);
      result[i] = value - into;
      if (result[i] > value) {
        x.failIfLive(i, FailureKind.OUT_OF_RANGE);
      }
    }
    return x.result(result);
  }
}
