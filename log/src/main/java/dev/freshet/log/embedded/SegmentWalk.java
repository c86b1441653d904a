package dev.freshet.log.embedded;

import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.log.LogRecord;
import java.util.function.Consumer;

/** Reads a segment whole, whatever its state, and counts what it holds. One thread owns it. */
final class SegmentWalk {
  private final Storage storage;
  private final Segment segment;
  private final int blockBytes;
  private final RecordView view = new RecordView();

  private long size;
  private long end;
  private long nextOffset;
  private long records;
  private long rows;
  private long firstIngestMicros = Long.MIN_VALUE;
  private long lastIngestMicros = Long.MIN_VALUE;
  private String problem = "";

  SegmentWalk(Storage storage, Segment segment, int blockBytes) {
    this.storage = storage;
    this.segment = segment;
    this.blockBytes = blockBytes;
    this.end = segment.headerLength();
    this.nextOffset = segment.base();
    this.size = segment.durableLength();
  }

  /**
   * Reads up to the first batch that is none.
   *
   * @throws FreshetException {@code STORAGE_DAMAGED} when that batch was durable once
   */
  void run(Consumer<LogRecord> each) {
    try (Storage.File file = storage.openRead(segment.path())) {
      size = Math.min(file.size(), segment.durableLength());
      BatchCursor cursor = new BatchCursor(file, segment.path(), segment.base(), blockBytes);
      cursor.moveTo(end, segment.base(), segment.previousCrc());
      while (end < size && cursor.load(size)) {
        readRecords(cursor, each);
        end = cursor.position();
      }
      if (end < size) {
        problem = cursor.problem();
        TornTail.refuseDamage(file, segment, end, size, problem, blockBytes);
      }
    }
  }

  private void readRecords(BatchCursor cursor, Consumer<LogRecord> each) {
    view.enter(cursor);
    for (int left = cursor.count(); left > 0; left--) {
      view.advance();
      try {
        each.accept(record());
      } catch (RuntimeException e) {
        throw Damage.at(
            segment.path(), end, "record " + nextOffset + " does not read: " + e.getMessage());
      }
      nextOffset++;
      firstIngestMicros = records == 0 ? view.ingestMicros() : firstIngestMicros;
      lastIngestMicros = view.ingestMicros();
      records++;
      rows += view.rowCount();
    }
  }

  private LogRecord record() {
    return new LogRecord(
        view.source(),
        view.position(),
        view.part(),
        view.ingestMicros(),
        view.rowCount(),
        view.bytes(),
        view.start(),
        view.length());
  }

  /** Bytes of the file that count. */
  long size() {
    return size;
  }

  /** The end of what could be read. */
  long end() {
    return end;
  }

  long tornBytes() {
    return size - end;
  }

  /** Why the batch at {@link #end()} is none; empty at the end of the file. */
  String problem() {
    return problem;
  }

  /** The offset behind the last record that could be read. */
  long nextOffset() {
    return nextOffset;
  }

  long records() {
    return records;
  }

  long rows() {
    return rows;
  }

  long firstIngestMicros() {
    return firstIngestMicros;
  }

  long lastIngestMicros() {
    return lastIngestMicros;
  }
}
