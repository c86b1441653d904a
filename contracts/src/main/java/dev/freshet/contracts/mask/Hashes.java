package dev.freshet.contracts.mask;

import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Objects;
import javax.crypto.Mac;

/**
 * {@link Mask.Plain#HASH}: HMAC-SHA-256 (RFC 2104) of a value's text, as 64 small hex digits. The
 * text is the one that the value has in JSON, without quotes; DECIMAL without zeros at its end, so
 * that equal numbers are equal in all types; VARBINARY is taken as it is.
 */
final class Hashes implements ColumnMask {
  static final int LENGTH = 64;

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int LONG_DIGITS_MAX = 20;

  private final Mac mac;
  private final byte[] digest = new byte[LENGTH / 2];
  private final byte[] digits = new byte[LONG_DIGITS_MAX];

  Hashes(MaskKey key) {
    this.mac = MaskKey.mac(key.derived("freshet hash 1"));
  }

  @Override
  public Vector apply(Vector values, DataType type) {
    int count = values.length();
    byte[] data = new byte[Math.multiplyExact(count, LENGTH)];
    int[] offsets = new int[count + 1];
    int at = 0;
    for (int row = 0; row < count; row++) {
      if (!values.isNull(row)) {
        update(values, type, row);
        write(data, at);
        at += LENGTH;
      }
      offsets[row + 1] = at;
    }
    return new BytesVector(data, offsets, values.nulls(), count);
  }

  private void update(Vector values, DataType type, int row) {
    if (values instanceof BytesVector bytes && type != Simple.UUID) {
      mac.update(bytes.data(), bytes.start(row), bytes.end(row) - bytes.start(row));
    } else if (values instanceof LongVector longs && isWhole(type)) {
      update(longs.values()[row]);
    } else {
      Object value = Objects.requireNonNull(Values.read(type, values, row));
      mac.update(text(value).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static boolean isWhole(DataType type) {
    return type == Simple.TINYINT
        || type == Simple.SMALLINT
        || type == Simple.INTEGER
        || type == Simple.BIGINT;
  }

  private static String text(Object value) {
    return value instanceof BigDecimal number
        ? number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString()
        : Values.text(value);
  }

  private void update(long value) {
    int at = LONG_DIGITS_MAX;
    long rest = value;
    do {
      digits[--at] = (byte) ('0' + Math.abs(rest % 10));
      rest /= 10;
    } while (rest != 0);
    if (value < 0) {
      digits[--at] = '-';
    }
    mac.update(digits, at, LONG_DIGITS_MAX - at);
  }

  private void write(byte[] data, int at) {
    try {
      mac.doFinal(digest, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the digest has room", e);
    }
    for (int i = 0; i < digest.length; i++) {
      data[at + 2 * i] = HEX[(digest[i] >> 4) & 15];
      data[at + 2 * i + 1] = HEX[digest[i] & 15];
    }
  }
}
