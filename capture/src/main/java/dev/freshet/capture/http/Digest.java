package dev.freshet.capture.http;

import dev.freshet.capture.rows.EventText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The first 128 bits of a SHA-256. */
record Digest(long high, long low) {
  static Digest of(String text) {
    MessageDigest sha = sha();
    sha.update(text.getBytes(StandardCharsets.UTF_8));
    return of(sha);
  }

  /** All of a request that decides what is written. */
  static Digest of(Post post) {
    return of(post, 0, post.length(), post.table(), post.contentType(), post.operation());
  }

  /**
   * All that makes an event the same, however it came: CloudEvents lets other attributes change
   * when it is sent again, such as those that a tracer on the way sets.
   */
  static Digest of(Post post, EventText event) {
    return of(
        post,
        event.dataStart(),
        event.dataEnd(),
        post.table(),
        "event",
        post.operation(),
        event.specversion(),
        event.source(),
        event.id(),
        event.type());
  }

  private static Digest of(Post post, int start, int end, String... head) {
    MessageDigest sha = sha();
    sha.update(String.join("\0", head).getBytes(StandardCharsets.UTF_8));
    sha.update((byte) 0);
    sha.update(post.body(), start, end - start);
    return of(sha);
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
