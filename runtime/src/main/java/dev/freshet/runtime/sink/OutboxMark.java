package dev.freshet.runtime.sink;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;

/**
 * Where a record of an outbox stands, kept as its position in the log. A record without rows only
 * says that nothing changed since the one before.
 *
 * @param before the step of the record before it, or of the content: nothing changed in between
 * @param step the step whose changes, or part of them, it holds; of a record without rows the last
 *     one before
 * @param rows of all records up to and with this one
 * @param bytes of all records up to and with this one
 * @param through the step up to which nothing is missing
 */
record OutboxMark(long before, long step, long rows, long bytes, long through) {
  static OutboxMark atBase(long step) {
    return new OutboxMark(step, step, 0, 0, step);
  }

  static OutboxMark read(byte[] position) {
    ByteReader in = new ByteReader(position, 0, position.length);
    return new OutboxMark(
        in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readLong());
  }

  byte[] toBytes() {
    ByteWriter out = new ByteWriter(5 * Long.BYTES);
    out.writeLong(before);
    out.writeLong(step);
    out.writeLong(rows);
    out.writeLong(bytes);
    out.writeLong(through);
    return out.toByteArray();
  }
}
