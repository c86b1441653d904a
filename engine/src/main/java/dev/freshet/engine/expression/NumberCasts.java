package dev.freshet.engine.expression;

import dev.freshet.core.batch.BooleanVector;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.DoubleVector;
import dev.freshet.core.batch.Int128Vector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Layout;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Casts among integers, DECIMAL, REAL, DOUBLE and BOOLEAN. To an integer the fraction is cut off;
 * to a DECIMAL it is rounded half up; what does not fit fails. Zero is FALSE, any other number
 * TRUE.
 */
final class NumberCasts {
  /** Doubles below hold whole numbers exactly. */
  private static final long EXACT = 1L << 53;

  private static final long EXACT_REAL = 1L << 24;

  private static final double[] POWERS = new double[23];

  static {
    for (int k = 0; k < POWERS.length; k++) {
      POWERS[k] = Double.parseDouble("1e" + k);
    }
  }

  private NumberCasts() {}

  static Kernel integerToInteger(Integers.Range range) {
    return x -> Integers.inRange(x, x.longs(0), range);
  }

  /** From an integer or DECIMAL to DECIMAL. */
  static Kernel toDecimal(DataType from, DataType.Decimal to) {
    int scale = DecimalColumn.scale(from);
    int up = to.scale() - scale;
    int digits = DecimalColumn.precision(from) + up;
    boolean longs = from.layout() == Layout.LONG;
    if (longs && up >= 0 && digits <= Math.min(to.precision(), Int128.MAX_LONG_POWER)) {
      return up == 0 ? x -> sameOrWide(x, to) : x -> scaled(x, Int128.pow10(up), to);
    }
    if (longs && up == 0 && digits <= to.precision()) {
      return x -> Decimals.widened(x, x.longs(0));
    }
    if (!longs && up == 0 && digits <= to.precision()) {
      return x -> Masks.withNulls(x.vector(0), x.nulls());
    }
    return x -> rescaled(x, scale, to);
  }

  private static Vector sameOrWide(Arguments x, DataType.Decimal to) {
    return to.layout() == Layout.LONG ? x.result(x.longs(0)) : Decimals.widened(x, x.longs(0));
  }

  private static Vector scaled(Arguments x, long factor, DataType.Decimal to) {
    long[] from = x.longs(0);
    long[] result = new long[x.count()];
    for (int i = 0; i < result.length; i++) {
      result[i] = from[i] * factor;
    }
    return to.layout() == Layout.LONG ? x.result(result) : Decimals.widened(x, result);
  }

  private static Vector rescaled(Arguments x, int scale, DataType.Decimal to) {
    DecimalColumn from = DecimalColumn.of(x, 0);
    DecimalResult result = new DecimalResult(x, to);
    Int128 value = new Int128();
    for (int i = 0; i < x.count(); i++) {
      if (!x.isNull(i)) {
        from.load(i, value);
        if (Decimals.rescale(value, scale, to.scale())) {
          result.store(i, value);
        } else {
          x.fail(i, FailureKind.OUT_OF_RANGE);
        }
      }
    }
    return result.build();
  }

  static Kernel decimalToInteger(DataType.Decimal from, Integers.Range range) {
    return x -> {
      DecimalColumn column = DecimalColumn.of(x, 0);
      long[] result = new long[x.count()];
      Int128 value = new Int128();
      for (int i = 0; i < result.length; i++) {
        column.load(i, value);
        value.scaleDown(from.scale(), Int128.Rounding.DOWN);
        result[i] = value.low();
        if (!value.isLong()) {
          x.failIfLive(i, FailureKind.OUT_OF_RANGE);
        }
      }
      return Integers.inRange(x, result, range);
    };
  }

  /** From an integer or DECIMAL to DOUBLE or REAL, correctly rounded. */
  static Kernel toDouble(DataType from, DataType to) {
    int scale = DecimalColumn.scale(from);
    boolean real = to == DataType.Simple.REAL;
    return x -> {
      DecimalColumn column = DecimalColumn.of(x, 0);
      double[] result = new double[x.count()];
      for (int i = 0; i < result.length; i++) {
        if (!x.isNull(i)) {
          result[i] = toDouble(column.high(i), column.low(i), scale, real);
        }
      }
      return x.result(result);
    };
  }

  private static double toDouble(long high, long low, int scale, boolean real) {
    boolean small = high == low >> 63;
    if (real) {
      return small && scale == 0
          ? (float) low
          : new BigDecimal(Int128Vector.toBigInteger(high, low), scale).floatValue();
    }
    if (small && (scale == 0 || (Math.abs(low) < EXACT && scale < POWERS.length))) {
      return low / POWERS[scale];
    }
    return new BigDecimal(Int128Vector.toBigInteger(high, low), scale).doubleValue();
  }

  static Kernel doubleToInteger(Integers.Range range) {
    return x -> {
      double[] from = x.doubles(0);
      long[] result = new long[x.count()];
      for (int i = 0; i < result.length; i++) {
        double value = from[i];
        result[i] = (long) value;
        // -2^63 is a double; 2^63, the first too large, is one as well. NaN fails both comparisons.
        if (!(value >= -0x1p63 && value < 0x1p63)) {
          result[i] = 0;
          x.failIfLive(i, FailureKind.OUT_OF_RANGE);
        }
      }
      return Integers.inRange(x, result, range);
    };
  }

  static Kernel doubleToDecimal(DataType from, DataType.Decimal to) {
    boolean real = from == DataType.Simple.REAL;
    return x -> {
      double[] column = x.doubles(0);
      DecimalResult result = new DecimalResult(x, to);
      Int128 value = new Int128();
      for (int i = 0; i < x.count(); i++) {
        if (!x.isNull(i)) {
          if (toUnscaled(column[i], real, to.scale(), value)) {
            result.store(i, value);
          } else {
            x.fail(i, FailureKind.OUT_OF_RANGE);
          }
        }
      }
      return result.build();
    };
  }

  /** Rounds the number's shortest decimal form, as {@code BigDecimal.valueOf} has it. */
  private static boolean toUnscaled(double number, boolean real, int scale, Int128 into) {
    if (Math.abs(number) < (real ? EXACT_REAL : EXACT) && number == Math.rint(number)) {
      into.set((long) number);
      return into.scaleUp(scale);
    }
    if (Double.isNaN(number) || Double.isInfinite(number) || Math.abs(number) > 1e39) {
      return false;
    }
    String text = real ? Float.toString((float) number) : Double.toString(number);
    return into.set(new BigDecimal(text).setScale(scale, RoundingMode.HALF_UP).unscaledValue());
  }

  static Vector doubleToReal(Arguments x) {
    double[] from = x.doubles(0);
    double[] result = new double[x.count()];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) from[i];
    }
    return x.result(result);
  }

  static Vector numberToBoolean(Arguments x) {
    boolean[] result = new boolean[x.count()];
    switch (x.vector(0)) {
      case LongVector v -> {
        for (int i = 0; i < result.length; i++) {
          result[i] = v.values()[i] != 0;
        }
      }
      case Int128Vector v -> {
        for (int i = 0; i < result.length; i++) {
          result[i] = (v.high()[i] | v.low()[i]) != 0;
        }
      }
      case DoubleVector v -> {
        for (int i = 0; i < result.length; i++) {
          result[i] = v.values()[i] != 0;
        }
      }
      case BooleanVector v -> System.arraycopy(v.values(), 0, result, 0, result.length);
      case BytesVector _ -> throw new IllegalStateException("byte strings are not numbers");
    }
    return x.result(result);
  }

  /** To an integer, REAL or DOUBLE. */
  static Kernel booleanToNumber(DataType to) {
    return x -> {
      boolean[] from = x.booleans(0);
      int count = x.count();
      if (to.layout() == Layout.DOUBLE) {
        double[] result = new double[count];
        for (int i = 0; i < count; i++) {
          result[i] = from[i] ? 1 : 0;
        }
        return x.result(result);
      }
      long[] result = new long[count];
      for (int i = 0; i < count; i++) {
        result[i] = from[i] ? 1 : 0;
      }
      return x.result(result);
    };
  }
}
