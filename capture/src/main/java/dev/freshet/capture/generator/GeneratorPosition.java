package dev.freshet.capture.generator;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;

/**
 * How far events were delivered.
 *
 * <pre>
 *   'G' 1 | next 8 | first micros 8
 * </pre>
 *
 * @param next the index of the first event that was not
 * @param firstMicros when the first event happened, microseconds since the epoch
 */
record GeneratorPosition(long next, long firstMicros) {
  private static final int VERSION = 'G';

  static GeneratorPosition read(byte[] position) {
    ByteReader in = new ByteReader(position, 0, position.length);
    int version = in.readByte();
    if (version != VERSION) {
      throw new FreshetException(
          ErrorCode.FORMAT_UNKNOWN,
          "Cannot read the position of a source of made-up rows: it is of format "
              + version
              + ", and this Freshet knows format "
              + VERSION
              + ". Was a source of another kind renamed to this one's name? Give it a new name.");
    }
    return new GeneratorPosition(in.readLong(), in.readLong());
  }

  byte[] toBytes() {
    ByteWriter out = new ByteWriter(32);
    out.writeByte(VERSION);
    out.writeLong(next);
    out.writeLong(firstMicros);
    return out.toByteArray();
  }
}
