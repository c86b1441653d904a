package dev.freshet.contracts.mask;

import dev.freshet.core.batch.LongVector;

/**
 * Tokens of whole numbers: one of the same sign, with as many digits, that fits the same types. A
 * permutation of each such range, so different numbers have different tokens, and a number has the
 * same one in a SMALLINT, an INTEGER and a BIGINT. One thread owns it.
 */
final class NumberTokens {
  private static final int NEGATIVE = 1;

  private final Feistel feistel;
  private final byte[] form = new byte[1 + 2 * Long.BYTES];

  NumberTokens(Feistel feistel) {
    this.feistel = feistel;
  }

  LongVector apply(LongVector numbers) {
    int count = numbers.length();
    long[] values = numbers.values();
    long[] tokens = new long[count];
    for (int row = 0; row < count; row++) {
      if (!numbers.isNull(row)) {
        long value = values[row];
        // ~value is 0 for -1, so that no magnitude is beyond the type.
        tokens[row] = value < 0 ? ~token(~value, NEGATIVE) : token(value, 0);
      }
    }
    return new LongVector(tokens, numbers.nulls(), count);
  }

  private long token(long magnitude, int sign) {
    long low = 0;
    long high = 9L - sign;
    while (magnitude > high) {
      low = high + 1;
      high = high > (Long.MAX_VALUE - 9) / 10 ? Long.MAX_VALUE : (high + sign) * 10 + 9 - sign;
    }
    for (long limit : new long[] {Short.MAX_VALUE, Integer.MAX_VALUE}) {
      if (magnitude <= limit) {
        high = Math.min(high, limit);
      } else {
        low = Math.max(low, limit + 1);
      }
    }
    form[0] = (byte) sign;
    Feistel.writeLong(form, 1, low);
    Feistel.writeLong(form, 1 + Long.BYTES, high);
    feistel.tweak(form, form.length);
    return low + feistel.permute(magnitude - low, high - low + 1);
  }
}
