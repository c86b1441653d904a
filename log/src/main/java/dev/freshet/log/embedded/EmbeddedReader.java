package dev.freshet.log.embedded;

import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.port.Storage;
import dev.freshet.log.LogReader;
import org.jspecify.annotations.Nullable;

/** Reads batches of durable records, segment after segment. One thread owns it. */
final class EmbeddedReader implements LogReader {
  private final StoredSegments log;
  private final RecordView view = new RecordView();

  private @Nullable Open open;
  private long offset = -1;
  private long nextOffset;
  private int recordsLeft;

  /** The segment that is being read. */
  private record Open(Segment segment, Storage.File file, BatchCursor cursor) {}

  EmbeddedReader(StoredSegments log, long fromOffset) {
    this.log = log;
    this.nextOffset = fromOffset;
  }

  @Override
  public boolean next() {
    if (recordsLeft == 0 && !loadBatch()) {
      return false;
    }
    view.advance();
    recordsLeft--;
    offset = nextOffset++;
    return true;
  }

  /** Stands before the next record; {@code false} when it is not durable yet. */
  private boolean loadBatch() {
    while (nextOffset < log.durableOffset()) {
      Open current = currentSegment();
      BatchCursor cursor = current.cursor();
      if (!cursor.load(current.segment().durableLength())) {
        throw cursor.damaged(cursor.problem());
      }
      long skipped = nextOffset - cursor.firstOffset();
      if (skipped < cursor.count()) {
        view.enter(cursor);
        for (long i = 0; i < skipped; i++) {
          view.advance();
        }
        recordsLeft = (int) (cursor.count() - skipped);
        return true;
      }
    }
    return false;
  }

  private Open currentSegment() {
    Open current = open;
    if (current == null) {
      Segment segment = log.segmentOf(nextOffset);
      current = open(segment);
      SparseIndex.Entry entry =
          segment.index(log.storage(), log.readBlockBytes()).floor(nextOffset);
      current.cursor().moveTo(entry.position(), entry.offset());
    } else if (current.cursor().position() == current.segment().durableLength()) {
      Segment segment = log.segmentOf(nextOffset);
      if (segment == current.segment()) {
        throw current.cursor().damaged("record " + nextOffset + " is missing");
      }
      long reached = current.cursor().nextOffset();
      close();
      current = open(segment);
      current.cursor().moveTo(segment.headerLength(), reached, segment.previousCrc());
    }
    return current;
  }

  private Open open(Segment segment) {
    Storage.File file = log.storage().openRead(segment.path());
    BatchCursor cursor =
        new BatchCursor(file, segment.path(), segment.base(), log.readBlockBytes());
    Open opened = new Open(segment, file, cursor);
    open = opened;
    return opened;
  }

  @Override
  public long nextOffset() {
    return nextOffset;
  }

  @Override
  public long offset() {
    return offset;
  }

  @Override
  public String source() {
    return view.source();
  }

  @Override
  public byte[] position() {
    return view.position();
  }

  @Override
  public ChangeSet.Part part() {
    return view.part();
  }

  @Override
  public long ingestMicros() {
    return view.ingestMicros();
  }

  @Override
  public int rowCount() {
    return view.rowCount();
  }

  @Override
  public byte[] bytes() {
    return view.bytes();
  }

  @Override
  public int start() {
    return view.start();
  }

  @Override
  public int length() {
    return view.length();
  }

  @Override
  public void close() {
    Open current = open;
    open = null;
    if (current != null) {
      current.file().close();
    }
  }
}
