package dev.freshet.contracts.mask;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret on which hashes and tokens depend. Never shown: neither it nor its length stands in
 * any text. Immutable; safe for all threads.
 */
public final class MaskKey {
  /** For one that a machine made, in Base64 or hex, these are 128 bits and more. */
  private static final int BYTES_MIN = 32;

  private static final String HMAC = "HmacSHA256";

  private final byte[] secret;

  private MaskKey(byte[] secret) {
    this.secret = secret;
  }

  /**
   * @throws FreshetException {@link ErrorCode#CONFIG_INVALID} for one that is too short to be safe
   */
  public static MaskKey of(String text) {
    byte[] secret = text.strip().getBytes(StandardCharsets.UTF_8);
    if (secret.length < BYTES_MIN) {
      throw new FreshetException(
          ErrorCode.CONFIG_INVALID,
          "Invalid masking key: it is shorter than "
              + BYTES_MIN
              + " characters, so that it could be guessed. Make one with: openssl rand -base64 32");
    }
    return new MaskKey(secret);
  }

  /** A key of 32 bytes for one purpose; from it nothing follows about the others. */
  byte[] derived(String purpose) {
    return mac(secret).doFinal(purpose.getBytes(StandardCharsets.UTF_8));
  }

  /** A computation of HMAC-SHA-256 under a key. */
  static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return mac;
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
    }
  }

  /** Tells keys apart without telling the key: 64 bits of HMAC-SHA-256, as hex. */
  public String check() {
    return HexFormat.of().formatHex(Arrays.copyOf(derived("freshet check 1"), 8));
  }

  @Override
  public String toString() {
    return "a masking key";
  }
}
