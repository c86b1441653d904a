package dev.freshet.files;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The first 128 bits of a SHA-256: what makes two contents the same. */
record Digest(long high, long low) {
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
    try {
      return of((MessageDigest) running.clone());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's SHA-256 can be cloned", e);
    }
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
