package dev.freshet.engine.expression;

import dev.freshet.core.batch.Int128Vector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Layout;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Kernels over DECIMAL. The result is the exact value rounded half up to the type's scale; it fails
 * when it has more digits than the type. Where the types alone prove that 64 bits suffice the
 * kernels are plain loops over longs; else each row goes through 128 bits, and through {@link
 * BigDecimal} where an intermediate value outgrows those.
 */
final class Decimals {
  private Decimals() {}

  /** The four operations whose exact result may need more digits than the type has. */
  enum Operation {
    PLUS,
    MINUS,
    TIMES,
    DIVIDE,
    MOD
  }

  static Kernel binary(Operation operation, DataType a, DataType b, DataType.Decimal result) {
    int scaleA = DecimalColumn.scale(a);
    int scaleB = DecimalColumn.scale(b);
    boolean longs = a.layout() == Layout.LONG && b.layout() == Layout.LONG;
    if (operation == Operation.PLUS || operation == Operation.MINUS) {
      int scale = result.scale();
      boolean exact = scale >= Math.max(scaleA, scaleB);
      int digitsA = DecimalColumn.precision(a) + scale - scaleA;
      int digitsB = DecimalColumn.precision(b) + scale - scaleB;
      if (longs && exact && Math.max(digitsA, digitsB) <= Int128.MAX_LONG_POWER) {
        long factorA = Int128.pow10(scale - scaleA);
        long factorB = Int128.pow10(scale - scaleB);
        boolean fits = Math.max(digitsA, digitsB) < result.precision();
        return x ->
            sumOfLongs(x, factorA, operation == Operation.PLUS ? factorB : -factorB, result, fits);
      }
    }
    if (operation == Operation.TIMES
        && longs
        && result.layout() == Layout.INT128
        && result.scale() == scaleA + scaleB
        && DecimalColumn.precision(a) + DecimalColumn.precision(b) <= result.precision()) {
      return Decimals::wideProduct;
    }
    return x -> general(x, operation, scaleA, scaleB, result);
  }

  private static Vector sumOfLongs(
      Arguments x, long factorA, long factorB, DataType.Decimal type, boolean fits) {
    long[] a = x.longs(0);
    long[] b = x.longs(1);
    int count = x.count();
    long[] result = new long[count];
    if (x.isConstant(0) || x.isConstant(1)) {
      long[] rows = x.isConstant(0) ? b : a;
      long factor = x.isConstant(0) ? factorB : factorA;
      long constant = x.isConstant(0) ? a[0] * factorA : b[0] * factorB;
      for (int i = 0; i < count; i++) {
        result[i] = rows[i] * factor + constant;
      }
    } else if (factorA == 1 && factorB == 1) {
      for (int i = 0; i < count; i++) {
        result[i] = a[i] + b[i];
      }
    } else {
      for (int i = 0; i < count; i++) {
        result[i] = a[i] * factorA + b[i] * factorB;
      }
    }
    if (!fits) {
      checkDigits(x, result, type.precision());
    }
    return type.layout() == Layout.LONG ? x.result(result) : widened(x, result);
  }

  /** Fails the rows with more digits than the precision. */
  static void checkDigits(Arguments x, long[] values, int precision) {
    if (precision > Int128.MAX_LONG_POWER) {
      return;
    }
    long limit = Int128.pow10(precision);
    boolean outside = false;
    for (int i = 0; i < values.length; i++) {
      outside |= values[i] >= limit | values[i] <= -limit;
    }
    if (outside) {
      for (int i = 0; i < values.length; i++) {
        if (values[i] >= limit || values[i] <= -limit) {
          x.failIfLive(i, FailureKind.OUT_OF_RANGE);
        }
      }
    }
  }

  static Vector widened(Arguments x, long[] low) {
    long[] high = new long[low.length];
    for (int i = 0; i < low.length; i++) {
      high[i] = low[i] >> 63;
    }
    return new Int128Vector(high, low, x.nulls(), x.count());
  }

  private static Vector wideProduct(Arguments x) {
    long[] a = x.longs(0);
    long[] b = x.longs(1);
    int maskA = x.mask(0);
    int maskB = x.mask(1);
    int count = x.count();
    long[] high = new long[count];
    long[] low = new long[count];
    for (int i = 0; i < count; i++) {
      long p = a[i & maskA];
      long q = b[i & maskB];
      high[i] = Math.multiplyHigh(p, q);
      low[i] = p * q;
    }
    return new Int128Vector(high, low, x.nulls(), count);
  }

  private static Vector general(
      Arguments x, Operation operation, int scaleA, int scaleB, DataType.Decimal type) {
    DecimalColumn a = DecimalColumn.of(x, 0);
    DecimalColumn b = DecimalColumn.of(x, 1);
    DecimalResult result = new DecimalResult(x, type);
    Int128 left = new Int128();
    Int128 right = new Int128();
    int count = x.count();
    int scale = type.scale();
    for (int i = 0; i < count; i++) {
      if (x.isNull(i)) {
        continue;
      }
      a.load(i, left);
      b.load(i, right);
      boolean byZero = operation == Operation.DIVIDE || operation == Operation.MOD;
      if (byZero && right.signum() == 0) {
        x.fail(i, FailureKind.DIVISION_BY_ZERO);
        continue;
      }
      if (!fast(operation, left, scaleA, right, scaleB, scale)) {
        a.load(i, left);
        b.load(i, right);
        if (!slow(operation, left, scaleA, right, scaleB, scale)) {
          x.fail(i, FailureKind.OUT_OF_RANGE);
          continue;
        }
      }
      result.store(i, left);
    }
    return result.build();
  }

  /** Computes into {@code left}; {@code false} when an intermediate value does not fit. */
  private static boolean fast(
      Operation operation, Int128 left, int scaleA, Int128 right, int scaleB, int scale) {
    int common = Math.max(scaleA, scaleB);
    return switch (operation) {
      case PLUS ->
          left.scaleUp(common - scaleA)
              && right.scaleUp(common - scaleB)
              && left.add(right.high(), right.low())
              && rescale(left, common, scale);
      case MINUS ->
          left.scaleUp(common - scaleA)
              && right.scaleUp(common - scaleB)
              && left.subtract(right.high(), right.low())
              && rescale(left, common, scale);
      case TIMES ->
          left.multiply(right.high(), right.low()) && rescale(left, scaleA + scaleB, scale);
      case DIVIDE -> divide(left, right, scale - scaleA + scaleB);
      case MOD -> {
        boolean fits = left.scaleUp(common - scaleA) && right.scaleUp(common - scaleB);
        if (fits) {
          left.remainder(right.high(), right.low());
        }
        yield fits && rescale(left, common, scale);
      }
    };
  }

  private static boolean divide(Int128 left, Int128 right, int shift) {
    if (shift > Int128.MAX_POWER || shift < -Int128.MAX_POWER) {
      return false;
    }
    if (shift >= 0 ? !left.scaleUp(shift) : !right.scaleUp(-shift)) {
      return false;
    }
    left.divide(right.high(), right.low(), Int128.Rounding.HALF_UP);
    return true;
  }

  /** Brings a value from one scale to another, rounding half up. */
  static boolean rescale(Int128 value, int from, int to) {
    if (to - from > Int128.MAX_POWER || from - to > Int128.MAX_POWER) {
      return false;
    }
    if (to >= from) {
      return value.scaleUp(to - from);
    }
    value.scaleDown(from - to);
    return true;
  }

  private static boolean slow(
      Operation operation, Int128 left, int scaleA, Int128 right, int scaleB, int scale) {
    BigDecimal a = new BigDecimal(left.toBigInteger(), scaleA);
    BigDecimal b = new BigDecimal(right.toBigInteger(), scaleB);
    BigDecimal result =
        switch (operation) {
          case PLUS -> a.add(b).setScale(scale, RoundingMode.HALF_UP);
          case MINUS -> a.subtract(b).setScale(scale, RoundingMode.HALF_UP);
          case TIMES -> a.multiply(b).setScale(scale, RoundingMode.HALF_UP);
          case DIVIDE -> a.divide(b, scale, RoundingMode.HALF_UP);
          case MOD -> a.remainder(b).setScale(scale, RoundingMode.HALF_UP);
        };
    return left.set(result.unscaledValue());
  }

  /** The operations on one decimal. */
  enum UnaryOperation {
    NEGATE,
    ABS,
    SIGN,
    FLOOR,
    CEIL
  }

  static Kernel unary(UnaryOperation operation, DataType.Decimal from, DataType.Decimal to) {
    boolean keepsScale = operation == UnaryOperation.NEGATE || operation == UnaryOperation.ABS;
    int scale = keepsScale ? from.scale() : 0;
    return x -> {
      DecimalColumn a = DecimalColumn.of(x, 0);
      DecimalResult result = new DecimalResult(x, to);
      Int128 value = new Int128();
      for (int i = 0; i < x.count(); i++) {
        if (x.isNull(i)) {
          continue;
        }
        a.load(i, value);
        apply(operation, value, from.scale());
        if (rescale(value, scale, to.scale())) {
          result.store(i, value);
        } else {
          x.fail(i, FailureKind.OUT_OF_RANGE);
        }
      }
      return result.build();
    };
  }

  private static void apply(UnaryOperation operation, Int128 value, int scale) {
    switch (operation) {
      case NEGATE -> value.negate();
      case ABS -> {
        if (value.signum() < 0) {
          value.negate();
        }
      }
      case SIGN -> value.set(value.signum());
      case FLOOR -> value.scaleDown(scale, Int128.Rounding.FLOOR);
      case CEIL -> value.scaleDown(scale, Int128.Rounding.CEILING);
    }
  }

  /** (x, digits): rounded at that place, in the result's scale. */
  static Kernel round(DataType.Decimal from, DataType.Decimal to, Int128.Rounding rounding) {
    return x -> {
      DecimalColumn a = DecimalColumn.of(x, 0);
      long[] digits = x.size() == 1 ? new long[1] : x.longs(1);
      int mask = x.size() == 1 ? 0 : x.mask(1);
      DecimalResult result = new DecimalResult(x, to);
      Int128 value = new Int128();
      for (int i = 0; i < x.count(); i++) {
        if (x.isNull(i)) {
          continue;
        }
        a.load(i, value);
        long places = Math.min(from.scale(), digits[i & mask]);
        long cut = from.scale() - places;
        if (cut > Int128.MAX_POWER) {
          value.set(0);
        } else {
          value.scaleDown((int) cut, rounding);
        }
        int scale = cut > Int128.MAX_POWER ? 0 : (int) places;
        if (rescale(value, scale, to.scale())) {
          result.store(i, value);
        } else {
          x.fail(i, FailureKind.OUT_OF_RANGE);
        }
      }
      return result.build();
    };
  }
}
