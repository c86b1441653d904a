package dev.freshet.runtime.sink;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.port.Storage;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The file that says what the changes in an outbox are changes of. While it is not there, what lies
 * in the outbox counts for nothing.
 *
 * <pre>
 *   checksum:int (CRC32C of the rest)  version:byte  generation:text  step:long  identity:text
 * </pre>
 *
 * @param generation names the content that the sink begins with
 * @param step of that content
 * @param identity what the relation computes; that of another one has other changes
 */
record OutboxBase(String generation, long step, String identity) {
  private static final int VERSION = 1;
  private static final int HEADER = Integer.BYTES;

  void write(Storage storage, String path) {
    ByteWriter body = new ByteWriter(64);
    body.writeByte(VERSION);
    body.writeText(generation);
    body.writeLong(step);
    body.writeText(identity);
    byte[] bytes = body.toByteArray();
    ByteWriter out = new ByteWriter(bytes.length + HEADER);
    out.writeInt(checksum(bytes, 0, bytes.length));
    out.writeBytes(bytes, 0, bytes.length);
    storage.writeAtomically(path, out.toByteArray());
  }

  /**
   * Empty when the file is not there, damaged, or of another version: the sink begins anew then.
   */
  static Optional<OutboxBase> read(Storage storage, String path) {
    if (!storage.exists(path)) {
      return Optional.empty();
    }
    byte[] bytes = storage.readAll(path);
    if (bytes.length <= HEADER) {
      return Optional.empty();
    }
    ByteReader in = new ByteReader(bytes, 0, bytes.length);
    if (in.readInt() != checksum(bytes, HEADER, bytes.length - HEADER)
        || in.readByte() != VERSION) {
      return Optional.empty();
    }
    return Optional.of(new OutboxBase(in.readText(), in.readLong(), in.readText()));
  }

  private static int checksum(byte[] bytes, int start, int count) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, start, count);
    return (int) sum.getValue();
  }
}
