package dev.freshet.capture.postgres;

import dev.freshet.core.batch.Int128Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's numeric in binary.
 *
 * <pre>
 * | digit count | weight | sign | display scale | digits, base 10000 ... |    16 bits each
 * value = sum of digit[i] * 10000 ^ (weight - i);  sign 0x0000 +, 0x4000 -, 0xC000 NaN, 0xD000 inf, 0xF000 -inf
 * </pre>
 */
final class NumericCells {
  private static final int HEADER = 8;
  private static final int NEGATIVE = 0x4000;
  private static final int NAN = 0xC000;
  private static final int INFINITY = 0xD000;
  private static final int MINUS_INFINITY = 0xF000;
  private static final int MAX_FAST_DIGITS = 4;
  private static final int MAX_LONG_POWER = 18;

  private static final long[] POWERS = new long[MAX_LONG_POWER + 1];
  private static final BigInteger[] BIG_POWERS = new BigInteger[DataType.Decimal.MAX_PRECISION + 1];

  static {
    BigInteger power = BigInteger.ONE;
    for (int i = 0; i < BIG_POWERS.length; i++) {
      BIG_POWERS[i] = power;
      if (i < POWERS.length) {
        POWERS[i] = power.longValueExact();
      }
      power = power.multiply(BigInteger.TEN);
    }
  }

  private NumericCells() {}

  /** Appends the value, or returns why it does not fit. */
  static @Nullable String append(
      VectorBuilder out, DataType.Decimal type, byte[] bytes, int start, int length) {
    int count = Cells.int2(bytes, start);
    int sign = Cells.int2(bytes, start + 4) & 0xFFFF;
    if (sign != 0 && sign != NEGATIVE) {
      return "is " + special(sign) + ", which a DECIMAL cannot hold";
    }
    int lowest = 4 * (Cells.int2(bytes, start + 2) - count + 1) + type.scale();
    if (count <= MAX_FAST_DIGITS && lowest <= MAX_LONG_POWER && lowest >= -3) {
      return appendFast(out, type, bytes, start, count, lowest);
    }
    return appendBig(out, type, toDecimal(bytes, start));
  }

  /** Up to 16 decimal digits times or over a power of ten. */
  private static @Nullable String appendFast(
      VectorBuilder out, DataType.Decimal type, byte[] bytes, int start, int count, int lowest) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = value * 10_000 + Cells.int2(bytes, start + HEADER + 2 * i);
    }
    if (lowest < 0) {
      long divisor = POWERS[-lowest];
      if (value % divisor != 0) {
        return tooFine(toDecimal(bytes, start), type);
      }
      value /= divisor;
    }
    if (Cells.int2(bytes, start + 4) == NEGATIVE) {
      value = -value;
    }
    long factor = lowest > 0 ? POWERS[lowest] : 1;
    long high = Math.multiplyHigh(value, factor);
    long low = value * factor;
    if (type.precision() <= DataType.Decimal.MAX_LONG_PRECISION) {
      if (high != low >> 63 || Math.abs(low) >= POWERS[type.precision()]) {
        return tooLarge(toDecimal(bytes, start), type);
      }
      out.appendLong(low);
      return null;
    }
    if (!fits(high, low, type)) {
      return tooLarge(toDecimal(bytes, start), type);
    }
    out.appendInt128(high, low);
    return null;
  }

  private static boolean fits(long high, long low, DataType.Decimal type) {
    // 16 digits times 10^18 stay below 10^34; only narrower types need the exact comparison.
    if (type.precision() >= 34 || high == low >> 63) {
      return true;
    }
    BigInteger bound = BIG_POWERS[type.precision()];
    return Int128Vector.toBigInteger(high, low).abs().compareTo(bound) < 0;
  }

  /** Appends a value in text form, or returns why it does not fit. */
  static @Nullable String appendText(VectorBuilder out, DataType.Decimal type, String text) {
    return switch (text) {
      case "NaN", "Infinity", "-Infinity" -> "is " + text + ", which a DECIMAL cannot hold";
      default -> appendBig(out, type, new BigDecimal(text));
    };
  }

  private static @Nullable String appendBig(
      VectorBuilder out, DataType.Decimal type, BigDecimal value) {
    BigDecimal plain = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
    if (plain.scale() > type.scale()) {
      return tooFine(value, type);
    }
    if (plain.signum() != 0
        && (long) plain.precision() - plain.scale() > type.precision() - type.scale()) {
      return tooLarge(value, type);
    }
    BigInteger unscaled = plain.setScale(type.scale()).unscaledValue();
    if (type.precision() <= DataType.Decimal.MAX_LONG_PRECISION) {
      out.appendLong(unscaled.longValueExact());
    } else {
      out.appendInt128(unscaled.shiftRight(64).longValue(), unscaled.longValue());
    }
    return null;
  }

  private static String tooFine(BigDecimal value, DataType.Decimal type) {
    return "is "
        + value.toPlainString()
        + ", which has more than the "
        + type.scale()
        + " digits after the point of "
        + type.sql();
  }

  private static String tooLarge(BigDecimal value, DataType.Decimal type) {
    return "is " + value.toPlainString() + ", which is too large for " + type.sql();
  }

  private static String special(int sign) {
    return switch (sign) {
      case NAN -> "NaN";
      case INFINITY -> "Infinity";
      case MINUS_INFINITY -> "-Infinity";
      default -> "of unknown sign " + sign;
    };
  }

  /** The value as the server would print it. */
  static String text(byte[] bytes, int start) {
    int sign = Cells.int2(bytes, start + 4) & 0xFFFF;
    return sign == 0 || sign == NEGATIVE ? toDecimal(bytes, start).toPlainString() : special(sign);
  }

  private static BigDecimal toDecimal(byte[] bytes, int start) {
    int count = Cells.int2(bytes, start);
    int weight = Cells.int2(bytes, start + 2);
    int scale = Cells.int2(bytes, start + 6);
    StringBuilder digits = new StringBuilder("0");
    for (int i = 0; i < count; i++) {
      int digit = Cells.int2(bytes, start + HEADER + 2 * i);
      digits.append((char) ('0' + digit / 1000));
      digits.append((char) ('0' + digit / 100 % 10));
      digits.append((char) ('0' + digit / 10 % 10));
      digits.append((char) ('0' + digit % 10));
    }
    BigInteger unscaled = new BigInteger(digits.toString());
    BigDecimal value = new BigDecimal(unscaled, -4 * (weight - count + 1));
    value = value.scale() < 0 ? value.setScale(0) : value;
    // Base-10000 digits carry padding zeros past the display scale; the value never does.
    BigDecimal shown = value.signum() == 0 ? BigDecimal.ZERO : value;
    shown = shown.setScale(scale, java.math.RoundingMode.UNNECESSARY);
    return Cells.int2(bytes, start + 4) == NEGATIVE ? shown.negate() : shown;
  }
}
