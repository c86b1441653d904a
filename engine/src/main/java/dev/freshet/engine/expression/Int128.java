package dev.freshet.engine.expression;

import dev.freshet.core.batch.Int128Vector;
import java.math.BigInteger;

/**
 * A signed 128-bit accumulator for decimal kernels; each kernel call owns one. An operation that
 * does not fit returns {@code false} and leaves the value undefined.
 *
 * <p>Division of a 128-bit by a 64-bit number follows Knuth, TAOCP volume 2, algorithm D.
 */
final class Int128 {
  /** The largest power of ten that a {@code long} holds. */
  static final int MAX_LONG_POWER = 18;

  /** The largest power of ten that 128 bits hold. */
  static final int MAX_POWER = 38;

  private static final long[] LONG_POWERS = new long[MAX_LONG_POWER + 1];
  private static final long[] HIGH_POWERS = new long[MAX_POWER + 1];
  private static final long[] LOW_POWERS = new long[MAX_POWER + 1];

  static {
    for (int k = 0; k <= MAX_POWER; k++) {
      BigInteger power = BigInteger.TEN.pow(k);
      HIGH_POWERS[k] = power.shiftRight(64).longValue();
      LOW_POWERS[k] = power.longValue();
      if (k <= MAX_LONG_POWER) {
        LONG_POWERS[k] = power.longValueExact();
      }
    }
  }

  private long high;
  private long low;

  long high() {
    return high;
  }

  long low() {
    return low;
  }

  /** 10 to the power, from 0 to {@link #MAX_LONG_POWER}. */
  static long pow10(long power) {
    return LONG_POWERS[(int) power];
  }

  static int compare(long highA, long lowA, long highB, long lowB) {
    int order = Long.compare(highA, highB);
    return order != 0 ? order : Long.compareUnsigned(lowA, lowB);
  }

  void set(long value) {
    high = value >> 63;
    low = value;
  }

  void set(long newHigh, long newLow) {
    high = newHigh;
    low = newLow;
  }

  boolean set(BigInteger value) {
    high = value.shiftRight(64).longValue();
    low = value.longValue();
    return value.bitLength() < 128;
  }

  BigInteger toBigInteger() {
    return Int128Vector.toBigInteger(high, low);
  }

  boolean isLong() {
    return high == low >> 63;
  }

  int signum() {
    return high < 0 ? -1 : (high | low) == 0 ? 0 : 1;
  }

  /** Whether the value has at most this many decimal digits, 1 to {@link #MAX_POWER}. */
  boolean fits(int precision) {
    long limitHigh = HIGH_POWERS[precision];
    long limitLow = LOW_POWERS[precision];
    if (high >= 0) {
      return compare(high, low, limitHigh, limitLow) < 0;
    }
    long negatedLow = -low;
    long negatedHigh = ~high + (low == 0 ? 1 : 0);
    return negatedHigh >= 0 && compare(negatedHigh, negatedLow, limitHigh, limitLow) < 0;
  }

  boolean add(long otherHigh, long otherLow) {
    long sumLow = low + otherLow;
    long carry = Long.compareUnsigned(sumLow, low) < 0 ? 1 : 0;
    long sumHigh = high + otherHigh + carry;
    boolean fits = ((high ^ sumHigh) & (otherHigh ^ sumHigh)) >= 0;
    high = sumHigh;
    low = sumLow;
    return fits;
  }

  boolean subtract(long otherHigh, long otherLow) {
    long borrow = Long.compareUnsigned(low, otherLow) < 0 ? 1 : 0;
    long differenceHigh = high - otherHigh - borrow;
    boolean fits = ((high ^ otherHigh) & (high ^ differenceHigh)) >= 0;
    high = differenceHigh;
    low = low - otherLow;
    return fits;
  }

  void negate() {
    low = -low;
    high = ~high + (low == 0 ? 1 : 0);
  }

  boolean multiply(long otherHigh, long otherLow) {
    if (isLong() && otherHigh == otherLow >> 63) {
      high = Math.multiplyHigh(low, otherLow);
      low = low * otherLow;
      return true;
    }
    boolean negative = (high ^ otherHigh) < 0;
    if (high < 0) {
      negate();
    }
    long factorLow = otherLow;
    long factorHigh = otherHigh;
    if (factorHigh < 0) {
      factorLow = -otherLow;
      factorHigh = ~otherHigh + (factorLow == 0 ? 1 : 0);
    }
    boolean fits = multiplyMagnitudes(factorHigh, factorLow);
    if (negative) {
      negate();
    }
    return fits;
  }

  /** The product of two non-negative numbers. A result of 2^127 and more does not fit. */
  private boolean multiplyMagnitudes(long factorHigh, long factorLow) {
    if (high != 0 && factorHigh != 0) {
      return false;
    }
    long crossA = high == 0 ? factorHigh : high;
    long crossB = high == 0 ? low : factorLow;
    long cross = crossA * crossB;
    boolean fits = crossA >= 0 && Math.unsignedMultiplyHigh(crossA, crossB) == 0;
    long carry = Math.unsignedMultiplyHigh(low, factorLow);
    long sum = carry + cross;
    fits &= Long.compareUnsigned(sum, carry) >= 0 && sum >= 0;
    low = low * factorLow;
    high = sum;
    return fits;
  }

  /** Multiplies by 10 to the power, 0 to {@link #MAX_POWER}. */
  boolean scaleUp(int power) {
    if (power == 0) {
      return true;
    }
    return multiply(HIGH_POWERS[power], LOW_POWERS[power]);
  }

  /** Divides by 10 to the power, 0 to {@link #MAX_POWER}, rounding half away from zero. */
  void scaleDown(int power) {
    if (power > 0) {
      divide(HIGH_POWERS[power], LOW_POWERS[power], Rounding.HALF_UP);
    }
  }

  /** Divides by 10 to the power, 0 to {@link #MAX_POWER}. */
  void scaleDown(int power, Rounding rounding) {
    if (power > 0) {
      divide(HIGH_POWERS[power], LOW_POWERS[power], rounding);
    }
  }

  /** What becomes of a quotient's fraction. */
  enum Rounding {
    /** To the nearest, ties away from zero. */
    HALF_UP,
    /** Toward zero. */
    DOWN,
    /** Toward negative infinity. */
    FLOOR,
    /** Toward positive infinity. */
    CEILING
  }

  /** Divides by a number other than zero. */
  void divide(long divisorHigh, long divisorLow, Rounding rounding) {
    boolean divisorIsLong = divisorHigh == divisorLow >> 63;
    if (isLong() && divisorIsLong && low != Long.MIN_VALUE && divisorLow != Long.MIN_VALUE) {
      divideLongs(divisorLow, rounding);
    } else if (divisorIsLong && divisorLow != Long.MIN_VALUE) {
      divideByLong(divisorLow, rounding);
    } else {
      divideSlowly(Int128Vector.toBigInteger(divisorHigh, divisorLow), rounding);
    }
  }

  private void divideLongs(long divisor, Rounding rounding) {
    long quotient = low / divisor;
    long rest = low % divisor;
    int sign = (low ^ divisor) < 0 ? -1 : 1;
    set(quotient + correction(Math.abs(rest), Math.abs(divisor), sign, rounding));
  }

  private void divideByLong(long divisor, Rounding rounding) {
    int sign = (high ^ divisor) < 0 ? -1 : 1;
    if (high < 0) {
      negate();
    }
    long unsigned = Math.abs(divisor);
    long quotientHigh = Long.divideUnsigned(high, unsigned);
    long rest = Long.remainderUnsigned(high, unsigned);
    long quotientLow = divideTwoWords(rest, low, unsigned);
    rest = low - quotientLow * unsigned;
    high = quotientHigh;
    low = quotientLow;
    int away = Math.abs(correction(rest, unsigned, sign, rounding));
    add(0, away);
    if (sign < 0) {
      negate();
    }
  }

  /** What is added to a quotient that was cut toward zero. */
  private static int correction(long rest, long divisor, int sign, Rounding rounding) {
    if (rest == 0) {
      return 0;
    }
    return switch (rounding) {
      case HALF_UP -> rest >= divisor - rest ? sign : 0;
      case DOWN -> 0;
      case FLOOR -> sign < 0 ? -1 : 0;
      case CEILING -> sign > 0 ? 1 : 0;
    };
  }

  /**
   * The unsigned quotient of {@code high * 2^64 + low} by a positive divisor greater than {@code
   * high}.
   */
  private static long divideTwoWords(long high, long low, long divisor) {
    if (high == 0) {
      return Long.divideUnsigned(low, divisor);
    }
    int shift = Long.numberOfLeadingZeros(divisor);
    long d = divisor << shift;
    long top = shift == 0 ? high : (high << shift) | (low >>> (64 - shift));
    long bottom = low << shift;
    long dHigh = d >>> 32;
    long dLow = d & 0xFFFFFFFFL;
    long q1 = quotientDigit(top, bottom >>> 32, dHigh, dLow);
    long middle = (top << 32) + (bottom >>> 32) - q1 * d;
    long q0 = quotientDigit(middle, bottom & 0xFFFFFFFFL, dHigh, dLow);
    return (q1 << 32) + q0;
  }

  /** One base-2^32 digit: the estimate from the top digits, corrected at most twice. */
  private static long quotientDigit(long top, long nextDigit, long dHigh, long dLow) {
    long q = Long.divideUnsigned(top, dHigh);
    long rest = top - q * dHigh;
    while (q >>> 32 != 0 || Long.compareUnsigned(q * dLow, (rest << 32) | nextDigit) > 0) {
      q--;
      rest += dHigh;
      if (rest >>> 32 != 0) {
        break;
      }
    }
    return q;
  }

  private void divideSlowly(BigInteger divisor, Rounding rounding) {
    BigInteger[] parts = toBigInteger().divideAndRemainder(divisor);
    BigInteger quotient = parts[0];
    if (parts[1].signum() != 0) {
      int sign = signum() == divisor.signum() ? 1 : -1;
      boolean away =
          switch (rounding) {
            case HALF_UP -> parts[1].abs().shiftLeft(1).compareTo(divisor.abs()) >= 0;
            case DOWN -> false;
            case FLOOR -> sign < 0;
            case CEILING -> sign > 0;
          };
      quotient = away ? quotient.add(BigInteger.valueOf(sign)) : quotient;
    }
    set(quotient);
  }

  /** The remainder of a division by a number other than zero; it has this value's sign. */
  void remainder(long divisorHigh, long divisorLow) {
    if (isLong() && divisorHigh == divisorLow >> 63) {
      set(divisorLow == -1 ? 0 : low % divisorLow);
    } else {
      set(toBigInteger().remainder(Int128Vector.toBigInteger(divisorHigh, divisorLow)));
    }
  }
}
