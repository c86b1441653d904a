package dev.freshet.lake.catalog;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.iceberg.exceptions.RuntimeIOException;

/**
 * The frame of an Avro file (Apache Avro specification, "Object Container Files"), whose content is
 * in memory.
 *
 * <pre>
 * Obj 1 | metadata: (count, (key, value) ...) ... 0 | marker | (rows, bytes, content, marker) ...
 * </pre>
 *
 * A number has 7 bits a byte, the low ones first, and its sign in the lowest bit.
 */
final class AvroFileBytes {
  static final byte[] MAGIC = {'O', 'b', 'j', 1};
  static final int MARKER_BYTES = 16;

  private final ByteBuffer file;
  private final String location;

  AvroFileBytes(byte[] file, String location) {
    this.file = ByteBuffer.wrap(file);
    this.location = location;
  }

  String location() {
    return location;
  }

  /** Of the byte that is read next. */
  int position() {
    return file.position();
  }

  /** What stands before the blocks: the values of the metadata, by key. */
  Map<String, ByteBuffer> readMetadata() {
    if (file.remaining() < MAGIC.length || !Arrays.equals(MAGIC, array(take(MAGIC.length)))) {
      throw damaged("it is no Avro file");
    }
    Map<String, ByteBuffer> metadata = new LinkedHashMap<>();
    for (long count = readLong(); count != 0; count = readLong()) {
      if (count < 0) {
        readLong(); // the size of the block
      }
      for (long i = 0; i < Math.abs(count); i++) {
        String key = StandardCharsets.UTF_8.decode(readBytes()).toString();
        metadata.put(key, readBytes());
      }
    }
    return metadata;
  }

  ByteBuffer readMarker() {
    return take(MARKER_BYTES);
  }

  boolean hasNext() {
    return file.hasRemaining();
  }

  long readLong() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (!file.hasRemaining()) {
        throw endsEarly();
      }
      byte next = file.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw damaged("it has a number of more than 64 bits");
  }

  ByteBuffer readBytes() {
    return take(readLong());
  }

  private ByteBuffer take(long count) {
    if (count < 0 || count > file.remaining()) {
      throw endsEarly();
    }
    ByteBuffer taken = file.slice(file.position(), (int) count);
    file.position(file.position() + (int) count);
    return taken;
  }

  private RuntimeIOException endsEarly() {
    return damaged("it ends within a value");
  }

  RuntimeIOException damaged(String how) {
    return new RuntimeIOException(
        "Cannot read lake file %s: %s, at byte %s.", location, how, file.position());
  }

  static byte[] array(ByteBuffer bytes) {
    byte[] array = new byte[bytes.remaining()];
    bytes.get(bytes.position(), array);
    return array;
  }

  static void writeLong(ByteArrayOutputStream out, long value) {
    long rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  static void writeBytes(ByteArrayOutputStream out, byte[] bytes) {
    writeLong(out, bytes.length);
    out.write(bytes, 0, bytes.length);
  }
}
