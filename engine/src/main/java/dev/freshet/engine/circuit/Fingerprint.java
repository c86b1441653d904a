package dev.freshet.engine.circuit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Names a sub-plan down to its tables: equal fingerprints compute equal results, so state that was
 * saved under one may be used again. SHA-256 over the operator's text and its inputs' fingerprints.
 *
 * @param text hexadecimal
 */
public record Fingerprint(String text) {
  /**
   * Counts up when an operator's state or meaning changes, so that old state is not taken for new.
   */
  private static final int VERSION = 2;

  static Fingerprint of(String operator, List<Fingerprint> inputs) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((VERSION + ":" + operator).getBytes(StandardCharsets.UTF_8));
      for (Fingerprint input : inputs) {
        digest.update((byte) 0);
        digest.update(input.text().getBytes(StandardCharsets.US_ASCII));
      }
      return new Fingerprint(HexFormat.of().formatHex(digest.digest(), 0, 16));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
