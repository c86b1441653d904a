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
 *   version 4 | last number 8 | its time 8 | count 4 | positions | count 4 | positions of contents
 *   that no file has any more | CRC32C of all before 8
 * </pre>
 *
 * Version 1 was without the time and the contents.
 */
final class KnownFilesFile {
  private static final int VERSION = 2;
  private static final int VERSION_WITHOUT_PAST = 1;
  private static final int CHECKSUM_BYTES = 8;

  private final Storage storage;
  private final String path;

  /** How far what was read reaches: to the change set of this number, which came in then. */
  record Covered(long number, long micros) {
    static final Covered NOTHING = new Covered(0, 0);
  }

  KnownFilesFile(Storage storage, String path) {
    this.storage = storage;
    this.path = path;
  }

  /**
   * Puts what is known into {@code known}; returns how far it reaches: nowhere when there is no
   * file, or none that can be used. One that knows more than the log is deleted: the log has lost
   * its end.
   *
   * @param lastNumber of the last change set in the log; 0 when it has none
   */
  Covered read(KnownFiles known, long lastNumber) {
    if (!storage.exists(path)) {
      return Covered.NOTHING;
    }
    byte[] bytes = storage.readAll(path);
    int end = bytes.length - CHECKSUM_BYTES;
    if (end < 16 || checksum(bytes, end) != new ByteReader(bytes, end, 8).readLong()) {
      return Covered.NOTHING;
    }
    ByteReader in = new ByteReader(bytes, 0, end);
    int version = in.readInt();
    if (version != VERSION && version != VERSION_WITHOUT_PAST) {
      return Covered.NOTHING;
    }
    long number = in.readLong();
    long micros = version == VERSION ? in.readLong() : 0;
    if (number > lastNumber) {
      storage.delete(path);
      storage.syncDirectory(Storage.parent(path));
      return Covered.NOTHING;
    }
    for (int left = in.readCount(1); left > 0; left--) {
      known.learn(FilePosition.read(in));
    }
    for (int left = version == VERSION ? in.readCount(1) : 0; left > 0; left--) {
      known.learnPast(FilePosition.read(in));
    }
    known.reachesTo(number, micros);
    return new Covered(number, micros);
  }

  void write(KnownFiles known) {
    List<FilePosition> files = known.copy();
    List<FilePosition> past = known.copyPast();
    ByteWriter out = new ByteWriter(64 + (files.size() + past.size()) * 168);
    out.writeInt(VERSION);
    out.writeLong(known.lastNumber());
    out.writeLong(known.lastMicros());
    out.writeInt(files.size());
    files.forEach(file -> file.write(out));
    out.writeInt(past.size());
    past.forEach(file -> file.write(out));
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
