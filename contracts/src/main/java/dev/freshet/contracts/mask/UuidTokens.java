package dev.freshet.contracts.mask;

import dev.freshet.core.batch.BytesVector;
import java.util.Arrays;

/**
 * Tokens of UUIDs: version and variant stay, the other hex digits are permuted. One thread owns it.
 */
final class UuidTokens {
  private static final int BYTES = 16;
  private static final int VERSION = 12;
  private static final int VARIANT = 16;

  private final Feistel feistel;
  private final int[] ranks = new int[2 * BYTES - 2];
  private final int[] radixes = new int[2 * BYTES - 2];
  private final byte[] form = {'u', 'u', 'i', 'd', 0, 0};

  UuidTokens(Feistel feistel) {
    this.feistel = feistel;
    Arrays.fill(radixes, 16);
  }

  BytesVector apply(BytesVector uuids) {
    int count = uuids.length();
    byte[] data = new byte[count * BYTES];
    int[] offsets = new int[count + 1];
    int at = 0;
    for (int row = 0; row < count; row++) {
      if (!uuids.isNull(row)) {
        token(uuids.data(), uuids.start(row), data, at);
        at += BYTES;
      }
      offsets[row + 1] = at;
    }
    return new BytesVector(data, offsets, uuids.nulls(), count);
  }

  private void token(byte[] from, int start, byte[] to, int at) {
    int place = 0;
    for (int digit = 0; digit < 2 * BYTES; digit++) {
      int value = (from[start + digit / 2] >> ((digit & 1) == 0 ? 4 : 0)) & 15;
      if (digit == VERSION || digit == VARIANT) {
        form[digit == VERSION ? 4 : 5] = (byte) value;
      } else {
        ranks[place++] = value;
      }
    }
    feistel.tweak(form, form.length);
    feistel.permute(ranks, radixes, ranks.length);
    place = 0;
    for (int digit = 0; digit < 2 * BYTES; digit++) {
      int value = digit == VERSION ? form[4] : digit == VARIANT ? form[5] : ranks[place++];
      to[at + digit / 2] |= (byte) (value << ((digit & 1) == 0 ? 4 : 0));
    }
  }
}
