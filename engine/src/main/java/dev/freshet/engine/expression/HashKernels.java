package dev.freshet.engine.expression;

import dev.freshet.core.batch.BytesVector;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** MD5 and the SHA family: the digest of a text's UTF-8 bytes as hexadecimal digits. */
final class HashKernels {
  private HashKernels() {}

  /**
   * @param algorithm one that every Java platform has
   */
  static Kernel digest(String algorithm) {
    return x -> {
      MessageDigest digest = create(algorithm);
      return RowKernels.bytes((call, row, out) -> write(call, row, digest, out)).apply(x);
    };
  }

  private static MessageDigest create(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }

  private static boolean write(Arguments x, int row, MessageDigest digest, BytesOutput out) {
    BytesVector text = x.bytes(0);
    int at = row & x.mask(0);
    digest.update(text.data(), text.start(at), text.end(at) - text.start(at));
    byte[] sum = digest.digest();
    EncodingKernels.hex(sum, 0, sum.length, EncodingKernels.LOWER, out);
    return true;
  }
}
