package dev.freshet.engine.expression;

import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType;

/**
 * Kernels over integers. Each computes all rows without a branch while gathering whether any may
 * have overflowed, and only then looks for the rows at fault.
 */
final class Integers {
  private Integers() {}

  /** The bounds of an integer type. */
  record Range(long min, long max) {
    boolean contains(long value) {
      return value >= min && value <= max;
    }
  }

  static Range range(DataType type) {
    return switch (type) {
      case DataType.Simple.TINYINT -> new Range(Byte.MIN_VALUE, Byte.MAX_VALUE);
      case DataType.Simple.SMALLINT -> new Range(Short.MIN_VALUE, Short.MAX_VALUE);
      case DataType.Simple.INTEGER -> new Range(Integer.MIN_VALUE, Integer.MAX_VALUE);
      default -> new Range(Long.MIN_VALUE, Long.MAX_VALUE);
    };
  }

  static boolean isInteger(DataType type) {
    return type == DataType.Simple.TINYINT
        || type == DataType.Simple.SMALLINT
        || type == DataType.Simple.INTEGER
        || type == DataType.Simple.BIGINT;
  }

  static Kernel plus(Range range) {
    return x -> {
      long[] a = x.longs(0);
      long[] b = x.longs(1);
      long[] result = new long[x.count()];
      long overflow;
      if (x.isConstant(1)) {
        overflow = plusConstant(a, b[0], result);
      } else if (x.isConstant(0)) {
        overflow = plusConstant(b, a[0], result);
      } else {
        overflow = plusRows(a, b, result);
      }
      if (overflow < 0) {
        for (int i = 0; i < result.length; i++) {
          long p = a[i & x.mask(0)];
          long q = b[i & x.mask(1)];
          if (((p ^ result[i]) & (q ^ result[i])) < 0) {
            x.failIfLive(i, FailureKind.OUT_OF_RANGE);
          }
        }
      }
      return inRange(x, result, range);
    };
  }

  private static long plusConstant(long[] a, long constant, long[] result) {
    long overflow = 0;
    for (int i = 0; i < result.length; i++) {
      long sum = a[i] + constant;
      overflow |= (a[i] ^ sum) & (constant ^ sum);
      result[i] = sum;
    }
    return overflow;
  }

  private static long plusRows(long[] a, long[] b, long[] result) {
    long overflow = 0;
    for (int i = 0; i < result.length; i++) {
      long sum = a[i] + b[i];
      overflow |= (a[i] ^ sum) & (b[i] ^ sum);
      result[i] = sum;
    }
    return overflow;
  }

  static Kernel minus(Range range) {
    return x -> {
      long[] a = x.longs(0);
      long[] b = x.longs(1);
      long[] result = new long[x.count()];
      long overflow;
      if (x.isConstant(0)) {
        overflow = constantMinus(a[0], b, result);
      } else if (x.isConstant(1)) {
        overflow = minusConstant(a, b[0], result);
      } else {
        overflow = minusRows(a, b, result);
      }
      if (overflow < 0) {
        for (int i = 0; i < result.length; i++) {
          long p = a[i & x.mask(0)];
          long q = b[i & x.mask(1)];
          if (((p ^ q) & (p ^ result[i])) < 0) {
            x.failIfLive(i, FailureKind.OUT_OF_RANGE);
          }
        }
      }
      return inRange(x, result, range);
    };
  }

  private static long constantMinus(long constant, long[] b, long[] result) {
    long overflow = 0;
    for (int i = 0; i < result.length; i++) {
      long difference = constant - b[i];
      overflow |= (constant ^ b[i]) & (constant ^ difference);
      result[i] = difference;
    }
    return overflow;
  }

  private static long minusConstant(long[] a, long constant, long[] result) {
    long overflow = 0;
    for (int i = 0; i < result.length; i++) {
      long difference = a[i] - constant;
      overflow |= (a[i] ^ constant) & (a[i] ^ difference);
      result[i] = difference;
    }
    return overflow;
  }

  private static long minusRows(long[] a, long[] b, long[] result) {
    long overflow = 0;
    for (int i = 0; i < result.length; i++) {
      long difference = a[i] - b[i];
      overflow |= (a[i] ^ b[i]) & (a[i] ^ difference);
      result[i] = difference;
    }
    return overflow;
  }

  static Kernel times(Range range) {
    return x -> {
      long[] a = x.longs(0);
      long[] b = x.longs(1);
      int maskA = x.mask(0);
      int maskB = x.mask(1);
      long[] result = new long[x.count()];
      long overflow = 0;
      for (int i = 0; i < result.length; i++) {
        long p = a[i & maskA];
        long q = b[i & maskB];
        long product = p * q;
        overflow |= Math.multiplyHigh(p, q) ^ (product >> 63);
        result[i] = product;
      }
      if (overflow != 0) {
        for (int i = 0; i < result.length; i++) {
          long high = Math.multiplyHigh(a[i & maskA], b[i & maskB]);
          if (high != result[i] >> 63) {
            x.failIfLive(i, FailureKind.OUT_OF_RANGE);
          }
        }
      }
      return inRange(x, result, range);
    };
  }

  static Kernel divide(Range range) {
    return x -> {
      long[] a = x.longs(0);
      long[] b = x.longs(1);
      int maskA = x.mask(0);
      int maskB = x.mask(1);
      long[] result = new long[x.count()];
      for (int i = 0; i < result.length; i++) {
        long p = a[i & maskA];
        long q = b[i & maskB];
        if (q == 0) {
          x.failIfLive(i, FailureKind.DIVISION_BY_ZERO);
        } else if (p == Long.MIN_VALUE && q == -1) {
          x.failIfLive(i, FailureKind.OUT_OF_RANGE);
        } else {
          result[i] = p / q;
        }
      }
      return inRange(x, result, range);
    };
  }

  static Kernel mod(Range range) {
    return x -> {
      long[] a = x.longs(0);
      long[] b = x.longs(1);
      int maskA = x.mask(0);
      int maskB = x.mask(1);
      long[] result = new long[x.count()];
      for (int i = 0; i < result.length; i++) {
        long q = b[i & maskB];
        if (q == 0) {
          x.failIfLive(i, FailureKind.DIVISION_BY_ZERO);
        } else {
          result[i] = a[i & maskA] % q;
        }
      }
      return inRange(x, result, range);
    };
  }

  static Kernel negate(Range range) {
    return x -> {
      long[] a = x.longs(0);
      long[] result = new long[x.count()];
      for (int i = 0; i < result.length; i++) {
        result[i] = -a[i];
        if (a[i] == Long.MIN_VALUE) {
          x.failIfLive(i, FailureKind.OUT_OF_RANGE);
        }
      }
      return inRange(x, result, range);
    };
  }

  static Kernel abs(Range range) {
    return x -> {
      long[] a = x.longs(0);
      long[] result = new long[x.count()];
      for (int i = 0; i < result.length; i++) {
        result[i] = Math.abs(a[i]);
        if (a[i] == Long.MIN_VALUE) {
          x.failIfLive(i, FailureKind.OUT_OF_RANGE);
        }
      }
      return inRange(x, result, range);
    };
  }

  static Vector sign(Arguments x) {
    long[] a = x.longs(0);
    long[] result = new long[x.count()];
    for (int i = 0; i < result.length; i++) {
      result[i] = Long.signum(a[i]);
    }
    return x.result(result);
  }

  /** FLOOR and CEIL of what has no fraction. */
  static Kernel keep(Range range) {
    return x -> inRange(x, x.longs(0), range);
  }

  /** (x, digits): cuts at a place left of the point; digits from 0 on leave the number as it is. */
  static Kernel truncate(Range range) {
    return x -> {
      if (x.size() == 1) {
        return inRange(x, x.longs(0), range);
      }
      long[] a = x.longs(0);
      long[] digits = x.longs(1);
      int maskA = x.mask(0);
      int maskB = x.mask(1);
      long[] result = new long[x.count()];
      for (int i = 0; i < result.length; i++) {
        long value = a[i & maskA];
        long places = -digits[i & maskB];
        if (places <= 0) {
          result[i] = value;
        } else if (places <= Int128.MAX_LONG_POWER) {
          result[i] = value - value % Int128.pow10(places);
        }
      }
      return inRange(x, result, range);
    };
  }

  /**
   * (x, digits): rounds at a place left of the point; digits from 0 on leave the number as it is.
   */
  static Kernel round(Range range) {
    return x -> {
      if (x.size() == 1) {
        return inRange(x, x.longs(0), range);
      }
      long[] a = x.longs(0);
      long[] digits = x.longs(1);
      int maskA = x.mask(0);
      int maskB = x.mask(1);
      long[] result = new long[x.count()];
      for (int i = 0; i < result.length; i++) {
        long value = a[i & maskA];
        long places = -digits[i & maskB];
        if (places <= 0) {
          result[i] = value;
        } else if (places <= Int128.MAX_LONG_POWER) {
          long unit = Int128.pow10(places);
          long rest = value % unit;
          long up = Math.abs(rest) >= unit - Math.abs(rest) ? Long.signum(value) * unit : 0;
          long cut = value - rest;
          result[i] = cut + up;
          if (((cut ^ result[i]) & (up ^ result[i])) < 0) {
            x.failIfLive(i, FailureKind.OUT_OF_RANGE);
          }
        } else if (places == Int128.MAX_LONG_POWER + 1
            && Math.abs(value / 2) >= 2_500_000_000_000_000_000L) {
          x.failIfLive(i, FailureKind.OUT_OF_RANGE);
        }
      }
      return inRange(x, result, range);
    };
  }

  /**
   * Fails the rows whose result is outside of the range. Rows that failed already keep their
   * failure.
   */
  static Vector inRange(Arguments x, long[] result, Range range) {
    int count = x.count();
    if (range.min() != Long.MIN_VALUE) {
      long min = range.min();
      long max = range.max();
      boolean outside = false;
      for (int i = 0; i < count; i++) {
        outside |= result[i] < min | result[i] > max;
      }
      if (outside) {
        for (int i = 0; i < count; i++) {
          if (!range.contains(result[i])) {
            x.failIfLive(i, FailureKind.OUT_OF_RANGE);
          }
        }
      }
    }
    return x.result(result);
  }
}
