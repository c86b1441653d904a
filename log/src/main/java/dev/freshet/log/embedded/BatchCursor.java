package dev.freshet.log.embedded;

import dev.freshet.core.port.Storage;

/** Walks the batches of one segment file and checks them. One thread owns it. */
final class BatchCursor {
  private static final long UNKNOWN = Long.MIN_VALUE;

  private final String path;
  private final long segmentBase;
  private final Window window;

  private long position;
  private long nextOffset;
  private long previousCrc = UNKNOWN;
  private String problem = "";

  private int batchAt;
  private int batchLength;

  BatchCursor(Storage.File file, String path, long segmentBase, int blockBytes) {
    this.path = path;
    this.segmentBase = segmentBase;
    this.window = new Window(file, blockBytes);
  }

  /** Stands before a batch that begins with record {@code offset}, whatever came before it. */
  void moveTo(long toPosition, long offset) {
    position = toPosition;
    nextOffset = offset;
    previousCrc = UNKNOWN;
  }

  /** As {@link #moveTo(long, long)}, and the batch must follow one with this CRC. */
  void moveTo(long toPosition, long offset, int crc) {
    moveTo(toPosition, offset);
    previousCrc = crc;
  }

  /**
   * Reads the batch here and moves behind it; {@code false}, without moving, when no valid batch
   * stands here.
   *
   * @throws dev.freshet.core.error.FreshetException {@code STORAGE_DAMAGED} for a batch that is
   *     valid by itself but does not follow the one before
   */
  boolean load(long limit) {
    if (!isValid(position, limit)) {
      return false;
    }
    byte[] bytes = window.bytes();
    long first = Bytes.longAt(bytes, batchAt + BatchFormat.FIRST_OFFSET);
    if (first != nextOffset) {
      throw damaged("a batch from offset " + first + " stands where " + nextOffset + " must");
    }
    int previous = Bytes.intAt(bytes, batchAt + BatchFormat.PREVIOUS_CRC);
    if (previousCrc != UNKNOWN && previous != (int) previousCrc) {
      throw damaged("the batch does not follow the one before it");
    }
    previousCrc = crc();
    nextOffset = first + count();
    position += batchLength;
    return true;
  }

  /** Whether a valid batch stands at a position, by its own account; does not move. */
  boolean isValid(long at, long limit) {
    long left = limit - at;
    if (left < BatchFormat.HEADER) {
      return fails("the batch header is incomplete");
    }
    batchAt = window.ensure(at, BatchFormat.HEADER, limit);
    if (batchAt < 0) {
      return fails("the file ends too early");
    }
    if (Bytes.intAt(window.bytes(), batchAt) != BatchFormat.MAGIC) {
      return fails("no batch begins here");
    }
    batchLength = Bytes.intAt(window.bytes(), batchAt + BatchFormat.LENGTH);
    if (batchLength < BatchFormat.HEADER || batchLength > BatchFormat.BYTES_MAX) {
      return fails("a batch of " + batchLength + " bytes");
    }
    if (batchLength > left) {
      return fails("the batch is incomplete");
    }
    batchAt = window.ensure(at, batchLength, limit);
    if (batchAt < 0) {
      return fails("the file ends too early");
    }
    int crc = BatchFormat.crc(segmentBase, at, window.bytes(), batchAt, batchLength);
    return crc == crc() || fails("the checksum of the batch does not match");
  }

  /**
   * Moves behind the batch here by its header alone, without checking its checksum.
   *
   * @throws dev.freshet.core.error.FreshetException {@code STORAGE_DAMAGED} when the header is
   *     implausible
   */
  void skip(long limit) {
    batchAt = window.ensure(position, BatchFormat.HEADER, limit);
    if (batchAt < 0 || Bytes.intAt(window.bytes(), batchAt) != BatchFormat.MAGIC) {
      throw damaged("no batch begins here");
    }
    batchLength = Bytes.intAt(window.bytes(), batchAt + BatchFormat.LENGTH);
    long first = firstOffset();
    if (batchLength < BatchFormat.HEADER || first != nextOffset || count() < 0) {
      throw damaged("the batch header is implausible");
    }
    nextOffset = first + count();
    position += batchLength;
    previousCrc = UNKNOWN;
  }

  private boolean fails(String what) {
    problem = what;
    return false;
  }

  RuntimeException damaged(String what) {
    return Damage.at(path, position, what);
  }

  /** Why the last {@link #load(long)} returned false. */
  String problem() {
    return problem;
  }

  /** Where the next batch begins. */
  long position() {
    return position;
  }

  long nextOffset() {
    return nextOffset;
  }

  /** The array that holds the loaded batch, until the next call. */
  byte[] bytes() {
    return window.bytes();
  }

  /** Where the loaded batch begins in {@link #bytes()}. */
  int batchAt() {
    return batchAt;
  }

  int batchLength() {
    return batchLength;
  }

  int count() {
    return Bytes.intAt(window.bytes(), batchAt + BatchFormat.COUNT);
  }

  long firstOffset() {
    return Bytes.longAt(window.bytes(), batchAt + BatchFormat.FIRST_OFFSET);
  }

  /**
   * When the batch's first record came in, microseconds since the epoch; of a batch with records,
   * loaded or skipped last. Other accessors are void after it.
   */
  long firstIngestMicros(long limit) {
    int at =
        window.ensure(
            position - batchLength, BatchFormat.HEADER + BatchFormat.RECORD_HEADER, limit);
    if (at < 0) {
      throw damaged("the file ends too early");
    }
    return Bytes.longAt(window.bytes(), at + BatchFormat.HEADER + BatchFormat.INGEST_MICROS);
  }

  long groupPosition() {
    return Bytes.longAt(window.bytes(), batchAt + BatchFormat.GROUP_POSITION);
  }

  int crc() {
    return Bytes.intAt(window.bytes(), batchAt + BatchFormat.CRC);
  }
}
