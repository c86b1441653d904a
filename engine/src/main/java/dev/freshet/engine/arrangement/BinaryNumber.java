package dev.freshet.engine.arrangement;

import java.math.BigInteger;

/** The exact number {@code digits * 2^exponent}. */
public record BinaryNumber(BigInteger digits, int exponent) {
  public static BinaryNumber of(BigInteger value) {
    return new BinaryNumber(value, 0);
  }

  public BinaryNumber times(BinaryNumber other) {
    return new BinaryNumber(digits.multiply(other.digits), exponent + other.exponent);
  }

  public BinaryNumber minus(BinaryNumber other) {
    int lower = Math.min(exponent, other.exponent);
    return new BinaryNumber(
        digits.shiftLeft(exponent - lower).subtract(other.digits.shiftLeft(other.exponent - lower)),
        lower);
  }
}
