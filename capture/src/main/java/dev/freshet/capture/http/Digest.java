package dev.freshet.capture.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.TreeMap;

/** The first 128 bits of a SHA-256. */
record Digest(long high, long low) {
  static Digest of(String text) {
    MessageDigest sha = sha();
    sha.update(text.getBytes(StandardCharsets.UTF_8));
    return of(sha);
  }

  /** All of a request that decides what is written. */
  static Digest of(Post post) {
    MessageDigest sha = sha();
    String head =
        String.join("\0", post.table(), post.contentType(), post.operation(), event(post));
    sha.update(head.getBytes(StandardCharsets.UTF_8));
    sha.update((byte) 0);
    sha.update(post.body(), 0, post.length());
    return of(sha);
  }

  private static String event(Post post) {
    return new TreeMap<>(post.event()).toString();
  }

  private static MessageDigest sha() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static Digest of(MessageDigest sha) {
    ByteBuffer bytes = ByteBuffer.wrap(sha.digest());
    return new Digest(bytes.getLong(), bytes.getLong());
  }
}
