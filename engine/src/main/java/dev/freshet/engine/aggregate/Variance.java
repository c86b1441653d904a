package dev.freshet.engine.aggregate;

import dev.freshet.engine.arrangement.BinaryNumber;
import java.math.BigInteger;

/**
 * A variance as an exact fraction, from the sum and the sum of squares: (n * squares - sum^2) / (n
 * * divisor). Without rounding before the division nothing is lost when both terms are large and
 * their difference is small.
 */
record Variance(BinaryNumber numerator, BigInteger denominator) {
  /** Bits of the quotient: more than a double has, so that cutting the rest hardly matters. */
  private static final int QUOTIENT_BITS = 80;

  /**
   * @param count how many values, n
   * @param divisor n, or n - 1 for a sample
   */
  static Variance of(BinaryNumber sum, BinaryNumber squares, long count, long divisor) {
    BinaryNumber n = BinaryNumber.of(BigInteger.valueOf(count));
    return new Variance(
        n.times(squares).minus(sum.times(sum)),
        BigInteger.valueOf(count).multiply(BigInteger.valueOf(divisor)));
  }

  /** The nearest double of the variance divided once more; at least 0. */
  double over(BigInteger scale) {
    BigInteger digits = numerator.digits();
    if (digits.signum() <= 0) {
      return 0.0;
    }
    BigInteger divisor = denominator.multiply(scale);
    int shift = Math.max(0, QUOTIENT_BITS + divisor.bitLength() - digits.bitLength());
    BigInteger quotient = digits.shiftLeft(shift).divide(divisor);
    int excess = Math.max(0, quotient.bitLength() - QUOTIENT_BITS);
    double leading = quotient.shiftRight(excess).doubleValue();
    return Math.scalb(leading, numerator.exponent() - shift + excess);
  }
}
