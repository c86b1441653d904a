package dev.freshet.log.embedded;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.log.SourcePosition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The head of a segment file. It describes the segment before, so that a lost, shortened or
 * exchanged file is noticed without reading it, and it holds the sources' positions, so that
 * opening a log reads its last segment only.
 *
 * <pre>
 *   0  magic            int64
 *   8  version          int32
 *  12  length           int32   of the whole header, its CRC included
 *  16  base offset      int64   of the first record; also the file's name, in 20 digits
 *  24  created          int64   microseconds since the epoch
 *  32  previous base    int64   -1 for the first segment of the log
 *  40  previous length  int64   of that whole file
 *  48  previous CRC     int32   of its last batch
 *  52  source count     int32
 *  56  per source: name (length int32, UTF-8), offset int64, position (length int32, bytes)
 *   .  CRC              int32   CRC-32C of all bytes before
 * </pre>
 */
record SegmentHeader(
    long base,
    long createdMicros,
    long previousBase,
    long previousLength,
    int previousCrc,
    List<SourcePosition> positions,
    int length) {
  static final long MAGIC = 0x474f_4c54_4552_4653L; // "SFRETLOG"
  static final int VERSION = 1;
  private static final int VERSION_AT = 8;
  private static final int LENGTH_AT = 12;
  private static final int FIXED = 56;
  private static final int LENGTH_MAX = 256 << 20;

  static byte[] encode(
      long base,
      long createdMicros,
      long previousBase,
      long previousLength,
      int previousCrc,
      Collection<SourcePosition> positions) {
    ByteWriter out = new ByteWriter(512);
    out.writeLong(MAGIC);
    out.writeInt(VERSION);
    out.writeInt(0);
    out.writeLong(base);
    out.writeLong(createdMicros);
    out.writeLong(previousBase);
    out.writeLong(previousLength);
    out.writeInt(previousCrc);
    out.writeInt(positions.size());
    for (SourcePosition position : positions) {
      out.writeText(position.source());
      out.writeLong(position.offset());
      out.writeBlob(position.position());
    }
    out.setInt(LENGTH_AT, out.length() + 4);
    out.writeInt(crc(out.array(), out.length()));
    return out.toByteArray();
  }

  /**
   * Reads and checks the header of a segment file.
   *
   * @param expectedBase what the file's name says
   */
  static SegmentHeader read(Storage.File file, String path, long expectedBase) {
    byte[] fixed = new byte[FIXED];
    if (file.read(0, fixed, 0, FIXED) < FIXED) {
      throw Damage.at(path, 0, "the segment header is incomplete");
    }
    if (Bytes.longAt(fixed, 0) != MAGIC) {
      throw Damage.at(path, 0, "no segment header begins here");
    }
    int version = Bytes.intAt(fixed, VERSION_AT);
    if (version != VERSION) {
      throw new FreshetException(
          ErrorCode.FORMAT_UNKNOWN,
          "Cannot read the log: "
              + path
              + " has format "
              + version
              + ", and this Freshet knows format "
              + VERSION
              + ". Use the Freshet that wrote it, or a newer one.");
    }
    int length = Bytes.intAt(fixed, LENGTH_AT);
    if (length < FIXED + 4 || length > Math.min(file.size(), LENGTH_MAX)) {
      throw Damage.at(path, LENGTH_AT, "a segment header of " + length + " bytes");
    }
    byte[] bytes = new byte[length];
    int read = file.read(0, bytes, 0, length);
    if (read < length || Bytes.intAt(bytes, length - 4) != crc(bytes, length - 4)) {
      throw Damage.at(path, 0, "the checksum of the segment header does not match");
    }
    SegmentHeader header = decode(bytes, length);
    if (header.base != expectedBase) {
      throw Damage.at(path, 16, "the segment begins at offset " + header.base);
    }
    return header;
  }

  private static SegmentHeader decode(byte[] bytes, int length) {
    ByteReader in = new ByteReader(bytes, 16, length - 20);
    long base = in.readLong();
    long createdMicros = in.readLong();
    long previousBase = in.readLong();
    long previousLength = in.readLong();
    int previousCrc = in.readInt();
    int count = in.readCount(16);
    List<SourcePosition> positions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String source = in.readText();
      long offset = in.readLong();
      positions.add(new SourcePosition(source, in.readBlob(), offset));
    }
    return new SegmentHeader(
        base, createdMicros, previousBase, previousLength, previousCrc, positions, length);
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
