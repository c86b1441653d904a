package dev.freshet.log.embedded;

import dev.freshet.core.crash.CrashPoint;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.log.SourcePosition;
import java.util.HashMap;
import java.util.Map;

/**
 * The end of the log: writes group commits to the last segment and begins new ones. Guarded by the
 * commit lock. After any failure but {@link DiskFullException} it is not used again, save to close
 * it.
 */
final class SegmentWriter {
  private static final int WRITE_BYTES = 1 << 20; // bounds the off-heap copy that a write makes

  private final Storage storage;
  private final String directory;
  private final Map<String, SourcePosition> positions;

  private Segment segment;
  private SparseIndex index;
  private Storage.File file;
  private long length;
  private long nextOffset;
  private int lastCrc;
  private boolean marked;

  /** Where a log ends. */
  record End(
      Segment segment,
      SparseIndex index,
      Storage.File file,
      long length,
      long nextOffset,
      int lastCrc,
      Map<String, SourcePosition> positions,
      Mark mark) {}

  /** Whether the last batch of a log is the mark of a clean close. */
  enum Mark {
    PRESENT,
    ABSENT
  }

  SegmentWriter(Storage storage, String directory, End end) {
    this.storage = storage;
    this.directory = directory;
    this.index = end.index();
    this.positions = new HashMap<>(end.positions());
    this.segment = end.segment();
    this.file = end.file();
    this.length = end.length();
    this.nextOffset = end.nextOffset();
    this.lastCrc = end.lastCrc();
    this.marked = end.mark() == Mark.PRESENT;
  }

  Segment segment() {
    return segment;
  }

  /** Whether the next commit goes to a new segment; one without records never is full. */
  boolean isFull(long segmentBytes) {
    return length >= segmentBytes && nextOffset > segment.base();
  }

  long nextOffset() {
    return nextOffset;
  }

  Map<String, SourcePosition> positions() {
    return positions;
  }

  /**
   * Writes and syncs a buffer as one group commit.
   *
   * @throws DiskFullException when the same buffer may be committed again: what was written of it
   *     lies behind the end, where the next attempt puts the same bytes
   */
  void commit(WriteBuffer buffer) {
    long groupPosition = length;
    int sealedCrc = buffer.seal(segment.base(), groupPosition, lastCrc);
    write(buffer, groupPosition);
    CrashPoint.LOG_WRITTEN.reached();
    file.sync();
    CrashPoint.LOG_SYNCED.reached();
    lastCrc = sealedCrc;
    for (int i = 0; i < buffer.batchCount(); i++) {
      int start = buffer.batchStart(i);
      if (buffer.recordCount() > 0) {
        index.add(
            Bytes.longAt(buffer.bytes(), start + BatchFormat.FIRST_OFFSET),
            groupPosition + start,
            Bytes.longAt(buffer.bytes(), start + BatchFormat.HEADER + BatchFormat.INGEST_MICROS));
      }
    }
    buffer.collectPositions(positions);
    length = groupPosition + buffer.length();
    nextOffset += buffer.recordCount();
    marked = buffer.recordCount() == 0;
    segment.durableLength(length);
  }

  private void write(WriteBuffer buffer, long position) {
    try {
      for (int from = 0; from < buffer.length(); from += WRITE_BYTES) {
        int count = Math.min(WRITE_BYTES, buffer.length() - from);
        file.write(position + from, buffer.bytes(), from, count);
      }
    } catch (FreshetException e) {
      throw e.code() == ErrorCode.DISK_FULL ? new DiskFullException(e) : e;
    }
  }

  /**
   * Marks the end as durable, so that whoever opens the log next can tell damage from a torn tail.
   */
  void mark(WriteBuffer empty) {
    if (!marked && length > segment.headerLength()) {
      empty.startBatch(nextOffset);
      commit(empty);
    }
  }

  /**
   * Begins a new segment. The one before is complete and durable.
   *
   * @throws DiskFullException when it may be tried again, which makes its file anew
   */
  Segment roll(long createdMicros) {
    byte[] header =
        SegmentHeader.encode(
            nextOffset, createdMicros, segment.base(), length, lastCrc, positions.values());
    Storage.File old = file;
    String path = directory + "/" + Segment.fileName(nextOffset);
    file = createOrRefuse(path, header);
    old.close();
    SegmentHeader decoded = SegmentHeader.read(file, path, nextOffset);
    segment = new Segment(path, decoded, header.length);
    index = new SparseIndex(nextOffset, header.length);
    segment.index(index);
    length = header.length;
    return segment;
  }

  private Storage.File createOrRefuse(String path, byte[] header) {
    try {
      return create(storage, path, header);
    } catch (FreshetException e) {
      throw e.code() == ErrorCode.DISK_FULL ? new DiskFullException(e) : e;
    }
  }

  /** A file with a header appears whole or not at all, and its name is durable. */
  static Storage.File create(Storage storage, String path, byte[] header) {
    storage.writeAtomically(path, header);
    return storage.open(path);
  }

  void close() {
    file.close();
  }
}
