package dev.freshet.files;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.port.Storage;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * {@code sources/NAME.files}: the files that were read, so that they are known longer than the log
 * reaches back.
 *
 * <pre>
 *   version 4 | last number 8 | count 4 | positions | CRC32C of all before 8
 * </pre>
 */
final class KnownFilesFile {
  private static final int VERSION = 1;
  private static final int CHECKSUM_BYTES = 8;

  private final Storage storage;
  private final String path;

  KnownFilesFile(Storage storage, String path) {
    this.storage = storage;
    this.path = path;
  }

  /**
   * Puts what is known into {@code known}; returns up to which number it is all. 0 when there is no
   * file, or none that can be used. One that knows more than the log is deleted: the log has lost
   * its end.
   *
   * @param lastNumber of the last change set in the log; 0 when it has none
   */
  long read(KnownFiles known, long lastNumber) {
    if (!storage.exists(path)) {
      return 0;
    }
    byte[] bytes = storage.readAll(path);
    int end = bytes.length - CHECKSUM_BYTES;
    if (end < 16 || checksum(bytes, end) != new ByteReader(bytes, end, 8).readLong()) {
      return 0;
    }
    ByteReader in = new ByteReader(bytes, 0, end);
    if (in.readInt() != VERSION) {
      return 0;
    }
    long covered = in.readLong();
    if (covered > lastNumber) {
      storage.delete(path);
      storage.syncDirectory(Storage.parent(path));
      return 0;
    }
    int count = in.readCount(1);
    for (int i = 0; i < count; i++) {
      known.learn(FilePosition.read(in));
    }
    return covered;
  }

  void write(List<FilePosition> files, long lastNumber) {
    ByteWriter out = new ByteWriter(64 + files.size() * 160);
    out.writeInt(VERSION);
    out.writeLong(lastNumber);
    out.writeInt(files.size());
    files.forEach(file -> file.write(out));
    out.writeLong(checksum(out.array(), out.length()));
    storage.createDirectories(Storage.parent(path));
    storage.syncDirectory("");
    storage.writeAtomically(path, out.toByteArray());
  }

  private static long checksum(byte[] bytes, int end) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, end);
    return crc.getValue();
  }
}
