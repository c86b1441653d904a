package dev.freshet.lake.catalog;

import dev.freshet.core.error.Check;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The sync markers of an Avro file (Apache Avro specification, "Object Container Files"). The
 * writer draws them at random; as a digest of the rest they let the same content give the same
 * bytes.
 *
 * <pre>
 * Obj 1 | metadata: (count, (key, value) ...) ... 0 | marker | (rows, bytes, content, marker) ...
 * </pre>
 */
final class AvroMarkers {
  private static final int MAGIC_BYTES = 4;
  private static final int MARKER_BYTES = 16;

  private AvroMarkers() {}

  /** Replaces all markers of a whole file, in place. */
  static void replace(byte[] file) {
    List<Integer> places = places(ByteBuffer.wrap(file));
    for (int place : places) {
      Arrays.fill(file, place, place + MARKER_BYTES, (byte) 0);
    }
    byte[] marker = digest(file);
    for (int place : places) {
      System.arraycopy(marker, 0, file, place, MARKER_BYTES);
    }
  }

  private static List<Integer> places(ByteBuffer file) {
    List<Integer> places = new ArrayList<>();
    skip(file, MAGIC_BYTES);
    for (long count = readLong(file); count != 0; count = readLong(file)) {
      if (count < 0) {
        readLong(file); // the size of the block
      }
      for (long i = 0; i < 2 * Math.abs(count); i++) {
        skip(file, readLong(file));
      }
    }
    places.add(file.position());
    skip(file, MARKER_BYTES);
    while (file.hasRemaining()) {
      readLong(file); // rows
      skip(file, readLong(file));
      places.add(file.position());
      skip(file, MARKER_BYTES);
    }
    return places;
  }

  private static void skip(ByteBuffer file, long count) {
    Check.that(
        count >= 0 && count <= file.remaining(), "an Avro file is whole", count, file.remaining());
    file.position(file.position() + (int) count);
  }

  /** A zigzag number of 7 bits a byte, the low ones first. */
  private static long readLong(ByteBuffer file) {
    long value = 0;
    int shift = 0;
    byte next;
    do {
      next = file.get();
      value |= (next & 0x7FL) << shift;
      shift += 7;
    } while (next < 0);
    return (value >>> 1) ^ -(value & 1);
  }

  private static byte[] digest(byte[] bytes) {
    try {
      return MessageDigest.getInstance("MD5").digest(bytes); // 16 bytes, as a marker; no secret
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
