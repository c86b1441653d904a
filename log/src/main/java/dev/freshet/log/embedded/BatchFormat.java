package dev.freshet.log.embedded;

import dev.freshet.core.change.ChangeSet;
import dev.freshet.log.LogRecord;
import java.util.zip.CRC32C;

/**
 * Batches and records as they stand in a segment file, all numbers little-endian.
 *
 * <pre>
 * batch    0  magic           int32
 *          4  length          int32   of the whole batch
 *          8  first offset    int64   of its first record; the others follow without gaps
 *         16  group position  int64   where in this file its group commit began: all bytes of the file before that were
 *                                     durable when this batch was written
 *         24  record count    int32   0 in the mark of a clean close
 *         28  previous CRC    int32   of the batch before, also across segments: a hash chain
 *         32  CRC             int32   CRC-32C over base offset of the segment (int64), position of this batch in the file
 *                                     (int64), bytes 0..32 and bytes 36..length: a batch is valid only at its own place
 *         36  records
 *
 * record   0  length          int32   of the whole record
 *          4  ingest micros   int64
 *         12  row count       int32
 *         16  part            int8    0 last, 1 more, 2 restart
 *         17  source bytes    uint8
 *         18  position bytes  uint16
 *         20  source (UTF-8), position, change set
 * </pre>
 */
final class BatchFormat {
  static final int MAGIC = 0x4c42_5246; // "FRBL"
  static final int LENGTH = 4;
  static final int FIRST_OFFSET = 8;
  static final int GROUP_POSITION = 16;
  static final int COUNT = 24;
  static final int PREVIOUS_CRC = 28;
  static final int CRC = 32;
  static final int HEADER = 36;

  static final int INGEST_MICROS = 4;
  static final int ROW_COUNT = 12;
  static final int PART = 16;
  static final int SOURCE_BYTES = 17;
  static final int POSITION_BYTES = 18;
  static final int RECORD_HEADER = 20;

  /** No batch takes a further record once it is this long. */
  static final int FULL_BYTES_MAX = 1 << 20;

  static final int BYTES_MAX =
      FULL_BYTES_MAX
          + RECORD_HEADER
          + LogRecord.SOURCE_BYTES_MAX
          + LogRecord.POSITION_BYTES_MAX
          + LogRecord.BYTES_MAX;

  private BatchFormat() {}

  static int crc(long segmentBase, long position, byte[] bytes, int at, int length) {
    byte[] place = new byte[16];
    Bytes.putLong(place, 0, segmentBase);
    Bytes.putLong(place, 8, position);
    CRC32C crc = new CRC32C();
    crc.update(place, 0, place.length);
    crc.update(bytes, at, CRC);
    crc.update(bytes, at + HEADER, length - HEADER);
    return (int) crc.getValue();
  }

  static byte code(ChangeSet.Part part) {
    return switch (part) {
      case LAST -> 0;
      case MORE -> 1;
      case RESTART -> 2;
    };
  }

  /** The part of a code that a valid batch holds. */
  static ChangeSet.Part part(byte code) {
    return switch (code) {
      case 0 -> ChangeSet.Part.LAST;
      case 1 -> ChangeSet.Part.MORE;
      case 2 -> ChangeSet.Part.RESTART;
      default -> throw new IllegalArgumentException("part " + code);
    };
  }
}
