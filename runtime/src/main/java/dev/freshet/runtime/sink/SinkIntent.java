package dev.freshet.runtime.sink;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.port.Storage;
import dev.freshet.deliver.SinkPosition;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The position of a sink that does not remember it itself, in a file. It also says up to which step
 * a write was begun: after a crash exactly those changes are sent again, so that a receiver can
 * know them.
 *
 * <pre>
 *   checksum:int (CRC32C of the rest)  version:byte  receiver:text  generation:text  step:long  begunStep:long
 * </pre>
 *
 * @param receiver whose position it is, as {@link dev.freshet.deliver.Sink#receiver}
 * @param taken what the receiver has for certain
 * @param begunStep up to which it may have more; the same step when nothing was begun
 */
record SinkIntent(String receiver, SinkPosition taken, long begunStep) {
  private static final int VERSION = 2;

  void write(Storage storage, String path) {
    ByteWriter body = new ByteWriter(64);
    body.writeByte(VERSION);
    body.writeText(receiver);
    body.writeText(taken.generation());
    body.writeLong(taken.step());
    body.writeLong(begunStep);
    byte[] bytes = body.toByteArray();
    ByteWriter out = new ByteWriter(bytes.length + Integer.BYTES);
    out.writeInt(checksum(bytes));
    out.writeBytes(bytes, 0, bytes.length);
    storage.writeAtomically(path, out.toByteArray());
  }

  /**
   * Empty when there is none that can be read: the receiver gets the whole content then. What is
   * read is durable: who acts on it does not write it again, and one whose writing failed half-way,
   * or whose process was killed in it, could still be taken back by a power cut.
   */
  static Optional<SinkIntent> read(Storage storage, String path) {
    if (!storage.exists(path)) {
      return Optional.empty();
    }
    storage.syncDirectory(Storage.parent(path));
    byte[] bytes = storage.readAll(path);
    if (bytes.length <= Integer.BYTES) {
      return Optional.empty();
    }
    ByteReader in = new ByteReader(bytes, 0, bytes.length);
    if (in.readInt() != checksum(Arrays.copyOfRange(bytes, Integer.BYTES, bytes.length))
        || in.readByte() != VERSION) {
      return Optional.empty();
    }
    return Optional.of(
        new SinkIntent(
            in.readText(), new SinkPosition(in.readText(), in.readLong()), in.readLong()));
  }

  private static int checksum(byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, bytes.length);
    return (int) sum.getValue();
  }
}
