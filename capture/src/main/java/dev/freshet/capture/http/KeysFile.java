package dev.freshet.capture.http;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.port.Storage;
import java.util.zip.CRC32C;

/**
 * The keys that are known, on disk: so that a start need not read the log over the whole window. A
 * file that is away, damaged or of another version only makes the start read more.
 *
 * <pre>
 *   version 4 | number 8 | micros 8 | keys | CRC32C of all before 8
 * </pre>
 */
final class KeysFile {
  private static final int VERSION = 1;
  private static final int HEAD_BYTES = 20;
  private static final int CHECKSUM_BYTES = 8;

  private final Storage storage;
  private final String path;

  /** How far what was read reaches: to the request of this number, which came in then. */
  record Covered(long number, long micros) {
    static final Covered NOTHING = new Covered(0, 0);
  }

  /**
   * @param path of the file; its folder is made when something is written
   */
  KeysFile(Storage storage, String path) {
    this.storage = storage;
    this.path = path;
  }

  /**
   * Puts the keys of the file into {@code keys}. A file that has more than the log is deleted: the
   * log has lost its end, and would give its numbers to other requests.
   *
   * @param lastNumber of the last request in the log; 0 when it has none
   */
  Covered read(KnownKeys keys, long lastNumber) {
    if (!storage.exists(path)) {
      return Covered.NOTHING;
    }
    byte[] bytes = storage.readAll(path);
    int end = bytes.length - CHECKSUM_BYTES;
    if (end < HEAD_BYTES || checksum(bytes, end) != new ByteReader(bytes, end, 8).readLong()) {
      return Covered.NOTHING;
    }
    ByteReader in = new ByteReader(bytes, 0, end);
    if (in.readInt() != VERSION) {
      return Covered.NOTHING;
    }
    Covered covered = new Covered(in.readLong(), in.readLong());
    if (covered.number() > lastNumber) {
      storage.delete(path);
      storage.syncDirectory(Storage.parent(path));
      return Covered.NOTHING;
    }
    keys.read(in);
    return covered;
  }

  /** Room for about so many keys. */
  static ByteWriter room(int keys) {
    return new ByteWriter(HEAD_BYTES + CHECKSUM_BYTES + 64 + keys * 48);
  }

  /** Copies the keys for {@link #write}; all else that it costs comes there. */
  static void copy(KnownKeys keys, Covered covered, ByteWriter out) {
    out.writeInt(VERSION);
    out.writeLong(covered.number());
    out.writeLong(covered.micros());
    keys.write(out);
  }

  /** Puts on disk what was copied. */
  void write(ByteWriter copied) {
    copied.writeLong(checksum(copied.array(), copied.length()));
    storage.createDirectories(Storage.parent(path));
    storage.syncDirectory("");
    storage.writeAtomically(path, copied.toByteArray());
  }

  private static long checksum(byte[] bytes, int end) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, end);
    return crc.getValue();
  }
}
