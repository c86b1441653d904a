package dev.freshet.files;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.files.format.FileProblem;
import dev.freshet.files.store.OpenFile;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The first 128 bits of a SHA-256: what makes two contents the same. */
record Digest(long high, long low) {
  private static final int PIECE_BYTES = 4 << 20;

  /** Of nothing. */
  static final Digest EMPTY = of(start());

  static MessageDigest start() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Of what was put in so far; more may follow. */
  static Digest soFar(MessageDigest running) {
    return of(copy(running));
  }

  /** One that goes on by itself. */
  static MessageDigest copy(MessageDigest running) {
    try {
      return (MessageDigest) running.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's SHA-256 can be cloned", e);
    }
  }

  /**
   * Puts a piece of a file in, of those up to a place; returns how many bytes that were.
   *
   * @throws FileProblem when the file ends before
   */
  static int add(MessageDigest into, OpenFile file, long from, long to) {
    byte[] bytes = new byte[(int) Math.min(PIECE_BYTES, to - from)];
    int read = file.read(from, bytes, 0, bytes.length);
    if (read < bytes.length) {
      throw FileProblem.corrupt("it became shorter while it was read");
    }
    into.update(bytes, 0, read);
    return read;
  }

  static Digest of(MessageDigest running) {
    ByteBuffer bytes = ByteBuffer.wrap(running.digest());
    return new Digest(bytes.getLong(), bytes.getLong());
  }

  static Digest read(ByteReader in) {
    return new Digest(in.readLong(), in.readLong());
  }

  void write(ByteWriter out) {
    out.writeLong(high);
    out.writeLong(low);
  }
}
