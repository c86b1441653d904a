package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * The exact sum of doubles, as a fixed-point number wide enough for every finite double: the result
 * depends neither on order nor on what was added and taken away again (a superaccumulator, after
 * Kulisch). One thread owns it.
 *
 * <pre>
 * value = sum of limbs[i] * 2^(32 i - 1074); limbs are signed and carry lazily
 *
 * bytes: nothing for zero; else
 *   first:byte (index of the lowest limb), 255 when specials follow
 *   [nan:long +infinity:long -infinity:long  first:byte]
 *   limbs:int*  in two's complement, lowest first, the last one signed
 * </pre>
 */
public final class ExactSum {
  /** 2098 bits of finite doubles and 64 bits of carries. */
  private static final int LIMBS = 70;

  /** The exponent of the lowest limb, negated. */
  private static final int BIAS = 1074;

  private static final long MASK = 0xFFFF_FFFFL;
  private static final int SPECIALS = 255;
  private static final int MAX_PENDING = 1 << 29;
  private static final int SMALL_WEIGHT = 1 << 20;

  private final long[] limbs = new long[LIMBS];
  private int low = LIMBS;
  private int high = -1;
  private long pending;
  private long nans;
  private long positiveInfinities;
  private long negativeInfinities;

  /** Adds a value as often as the weight says. */
  public void add(double value, long weight) {
    if (!(Math.abs(value) <= Double.MAX_VALUE)) {
      addSpecial(value, weight);
      return;
    }
    if (Math.abs(weight) <= SMALL_WEIGHT) {
      addScaled(value, weight, 0);
    } else {
      addLarge(value, weight);
    }
  }

  /** A weight too large for lazy carries: by its binary digits. */
  private void addLarge(double value, long weight) {
    long magnitude = Math.abs(weight);
    for (int bit = 0; bit < 63; bit++) {
      if ((magnitude >>> bit & 1) == 1) {
        addScaled(value, weight < 0 ? -1 : 1, bit);
      }
    }
  }

  /** Adds value * weight * 2^scale. */
  private void addScaled(double value, long weight, int scale) {
    long bits = Double.doubleToRawLongBits(value);
    int exponent = (int) (bits >>> 52) & 0x7FF;
    long mantissa = bits & 0xF_FFFF_FFFF_FFFFL;
    if (exponent > 0) {
      mantissa |= 0x10_0000_0000_0000L;
      exponent--;
    }
    if (mantissa == 0) {
      return;
    }
    int position = exponent + scale;
    int index = position >>> 5;
    int shift = position & 31;
    long factor = bits < 0 ? -weight : weight;
    long lower = mantissa << shift;
    long upper = shift == 0 ? 0 : mantissa >>> (64 - shift);
    reserve(Math.abs(weight));
    limbs[index] += (lower & MASK) * factor;
    limbs[index + 1] += (lower >>> 32) * factor;
    limbs[index + 2] += upper * factor;
    low = Math.min(low, index);
    high = Math.max(high, index + 2);
  }

  private void reserve(long amount) {
    pending += amount;
    if (pending > MAX_PENDING) {
      carry();
      pending = amount + 1;
    }
  }

  private void addSpecial(double value, long weight) {
    if (Double.isNaN(value)) {
      nans += weight;
    } else if (value > 0) {
      positiveInfinities += weight;
    } else {
      negativeInfinities += weight;
    }
  }

  /** Adds a sum that {@link #toBytes} wrote. */
  public void add(byte[] bytes, int start, int end) {
    if (start == end) {
      return;
    }
    ByteReader in = new ByteReader(bytes, start, end - start);
    int first = in.readByte() & 255;
    if (first == SPECIALS) {
      nans += in.readLong();
      positiveInfinities += in.readLong();
      negativeInfinities += in.readLong();
      first = in.readByte() & 255;
    }
    int count = in.remaining() / 4;
    if (count == 0) {
      return;
    }
    reserve(1);
    for (int i = 0; i < count; i++) {
      int limb = in.readInt();
      limbs[first + i] += i == count - 1 ? limb : Integer.toUnsignedLong(limb);
    }
    low = Math.min(low, first);
    high = Math.max(high, first + count - 1);
  }

  public boolean isZero() {
    carry();
    if ((nans | positiveInfinities | negativeInfinities) != 0) {
      return false;
    }
    for (int i = low; i <= high; i++) {
      if (limbs[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** The sum's canonical bytes: equal sums have equal bytes. */
  public byte[] toBytes() {
    if (isZero()) {
      return new byte[0];
    }
    int first = low;
    while (first <= high && limbs[first] == 0) {
      first++;
    }
    int last = Math.max(high, first);
    while (last > first && isSignExtension(last)) {
      last--;
    }
    ByteWriter out = new ByteWriter(26 + 4 * (last - first + 1));
    if ((nans | positiveInfinities | negativeInfinities) != 0) {
      out.writeByte(SPECIALS);
      out.writeLong(nans);
      out.writeLong(positiveInfinities);
      out.writeLong(negativeInfinities);
    }
    boolean finitePart = first <= high;
    out.writeByte(finitePart ? first : 0);
    for (int i = first; finitePart && i <= last; i++) {
      out.writeInt((int) limbs[i]);
    }
    return out.toByteArray();
  }

  private boolean isSignExtension(int index) {
    return (int) limbs[index] == (int) limbs[index - 1] >> 31;
  }

  /** The double nearest to the exact sum, ties to even. */
  public double toDouble() {
    if (nans != 0 || (positiveInfinities != 0 && negativeInfinities != 0)) {
      return Double.NaN;
    }
    if (positiveInfinities != 0) {
      return Double.POSITIVE_INFINITY;
    }
    if (negativeInfinities != 0) {
      return Double.NEGATIVE_INFINITY;
    }
    carry();
    if (high < 0) {
      return 0.0;
    }
    boolean negative = limbs[high] < 0;
    long[] magnitude = negative ? negated() : limbs;
    double rounded = round(magnitude, high);
    return negative ? -rounded : rounded;
  }

  /** The sum without rounding; empty when it is not finite. */
  public Optional<BinaryNumber> toNumber() {
    if ((nans | positiveInfinities | negativeInfinities) != 0) {
      return Optional.empty();
    }
    carry();
    int first = low;
    while (first <= high && limbs[first] == 0) {
      first++;
    }
    if (first > high) {
      return Optional.of(BinaryNumber.of(BigInteger.ZERO));
    }
    ByteBuffer bytes = ByteBuffer.allocate(4 * (high - first + 1));
    for (int i = high; i >= first; i--) {
      bytes.putInt((int) limbs[i]);
    }
    return Optional.of(new BinaryNumber(new BigInteger(bytes.array()), 32 * first - BIAS));
  }

  private long[] negated() {
    long[] result = new long[LIMBS];
    long carry = 0;
    for (int i = low; i <= high; i++) {
      long value = carry - limbs[i];
      result[i] = i == high ? value : value & MASK;
      carry = value >> 32;
    }
    return result;
  }

  /** Limbs are non-negative and below 2^32 here. */
  private static double round(long[] limbs, int high) {
    int top = high;
    while (top >= 0 && limbs[top] == 0) {
      top--;
    }
    if (top < 0) {
      return 0.0;
    }
    int zeros = Long.numberOfLeadingZeros(limbs[top]) - 32;
    long second = top > 0 ? limbs[top - 1] : 0;
    long third = top > 1 ? limbs[top - 2] : 0;
    long bits = (limbs[top] << 32 | second) << zeros | (zeros == 0 ? 0 : third >>> (32 - zeros));
    boolean sticky = (third << zeros & MASK) != 0;
    for (int i = top - 3; i >= 0 && !sticky; i--) {
      sticky = limbs[i] != 0;
    }
    int position = 32 * top + 31 - zeros;
    if (position <= 52) {
      return Double.longBitsToDouble(bits >>> (63 - position));
    }
    if (position - 51 >= 2047) {
      return Double.POSITIVE_INFINITY;
    }
    long mantissa = bits >>> 11;
    long dropped = bits & 0x7FF;
    long result = ((long) (position - 51) << 52) | (mantissa & 0xF_FFFF_FFFF_FFFFL);
    boolean up = dropped > 0x400 || (dropped == 0x400 && (sticky || (mantissa & 1) == 1));
    return Double.longBitsToDouble(up ? result + 1 : result);
  }

  /**
   * Brings all limbs but the highest into 0 to 2^32 - 1, and the highest into the range of an int:
   * it then has the sum's sign.
   */
  private void carry() {
    if (high < 0) {
      return;
    }
    long carry = 0;
    for (int i = low; i <= high; i++) {
      long value = limbs[i] + carry;
      limbs[i] = value & MASK;
      carry = value >> 32;
    }
    int top = (int) limbs[high];
    if (carry == top >> 31) {
      limbs[high] = top;
    } else {
      high++;
      limbs[high] = carry;
    }
    pending = 1;
  }

  /** Makes the sum zero. */
  public void clear() {
    if (high >= 0) {
      Arrays.fill(limbs, low, Math.min(high + 1, LIMBS), 0);
    }
    low = LIMBS;
    high = -1;
    pending = 0;
    nans = 0;
    positiveInfinities = 0;
    negativeInfinities = 0;
  }
}
