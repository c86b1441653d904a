package dev.freshet.core.batch;

import java.math.BigInteger;

/**
 * A vector of signed 128-bit integers in two's complement: unscaled decimals of more than 18
 * digits.
 */
public final class Int128Vector implements Vector {
  private final long[] high;
  private final long[] low;
  private final boolean[] nulls;
  private final int length;

  public Int128Vector(long[] high, long[] low, boolean[] nulls, int length) {
    this.high = high;
    this.low = low;
    this.nulls = nulls;
    this.length = length;
  }

  /** The upper 64 bits, signed; not to be written to. */
  public long[] high() {
    return high;
  }

  /** The lower 64 bits, unsigned; not to be written to. */
  public long[] low() {
    return low;
  }

  public BigInteger value(int row) {
    return toBigInteger(high[row], low[row]);
  }

  /** The number that the two halves stand for. */
  public static BigInteger toBigInteger(long high, long low) {
    if (high == low >> 63) {
      return BigInteger.valueOf(low);
    }
    byte[] bytes = new byte[16];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) (high >>> (56 - 8 * i));
      bytes[8 + i] = (byte) (low >>> (56 - 8 * i));
    }
    return new BigInteger(bytes);
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public boolean[] nulls() {
    return nulls;
  }

  @Override
  public long bytes() {
    return (long) high.length * 8 + (long) low.length * 8 + nulls.length;
  }
}
