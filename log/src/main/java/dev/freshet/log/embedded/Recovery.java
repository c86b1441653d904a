package dev.freshet.log.embedded;

import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Storage;
import dev.freshet.log.SourcePosition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Opens the files of a log: checks that no segment is missing, reads the last one whole and repairs
 * its tail, as far as {@link TornTail} proves that it is one.
 *
 * <p>The last group may stand only in the system's cache, or have been dropped by a failed sync
 * that nobody remembers. It is written again and synced before it counts as durable. Every step of
 * this can be repeated after a crash in the middle.
 */
final class Recovery {
  private static final String TEMPORARY = ".tmp";

  private final Storage storage;
  private final String directory;
  private final int blockBytes;
  private final List<Segment> segments = new ArrayList<>();

  private Recovery(Storage storage, String directory, int blockBytes) {
    this.storage = storage;
    this.directory = directory;
    this.blockBytes = blockBytes;
  }

  /** What was found, and how many bytes of a torn tail were cut. */
  record Opened(List<Segment> segments, SegmentWriter.End end, long cutBytes) {}

  static Opened open(Storage storage, String directory, Clock clock, int blockBytes) {
    Recovery recovery = new Recovery(storage, directory, blockBytes);
    List<Long> bases = recovery.bases();
    if (bases.isEmpty()) {
      byte[] header = SegmentHeader.encode(0, clock.wallMicros(), -1, 0, 0, List.of());
      SegmentWriter.create(storage, directory + "/" + Segment.fileName(0), header).close();
      bases = List.of(0L);
    }
    recovery.segments.addAll(SegmentFiles.read(storage, directory, bases));
    return recovery.recoverLast();
  }

  /** Base offsets of the segment files, ascending; removes what an interrupted creation left. */
  private List<Long> bases() {
    for (String name : storage.list(directory)) {
      if (name.endsWith(TEMPORARY)) {
        storage.delete(directory + "/" + name);
      }
    }
    return SegmentFiles.bases(storage, directory);
  }

  private Opened recoverLast() {
    Segment segment = segments.getLast();
    SegmentHeader header = segment.header();
    SparseIndex index = new SparseIndex(header.base(), header.length());
    Map<String, SourcePosition> positions = new HashMap<>();
    for (SourcePosition position : header.positions()) {
      positions.put(position.source(), position);
    }
    Storage.File file = storage.open(segment.path());
    try {
      long size = file.size();
      BatchCursor cursor = new BatchCursor(file, segment.path(), segment.base(), blockBytes);
      cursor.moveTo(header.length(), header.base(), header.previousCrc());
      RecordView view = new RecordView();
      long lastGroup = header.length();
      int lastCrc = header.previousCrc();
      SegmentWriter.Mark mark = SegmentWriter.Mark.ABSENT;
      long position = cursor.position();
      while (position < size && cursor.load(size)) {
        collectPositions(cursor, view, positions);
        lastGroup = cursor.groupPosition();
        lastCrc = cursor.crc();
        mark = cursor.count() == 0 ? SegmentWriter.Mark.PRESENT : SegmentWriter.Mark.ABSENT;
        if (cursor.count() > 0) {
          index.add(cursor.firstOffset(), position, cursor.firstIngestMicros(size));
        }
        position = cursor.position();
      }
      if (position < size) {
        TornTail.refuseDamage(file, segment, position, size, cursor.problem(), blockBytes);
        file.truncate(position);
      }
      writeAgain(file, lastGroup, position);
      file.sync();
      storage.syncDirectory(directory);
      segment.durableLength(position);
      segment.index(index);
      SegmentWriter.End end =
          new SegmentWriter.End(
              segment, index, file, position, cursor.nextOffset(), lastCrc, positions, mark);
      return new Opened(segments, end, size - position);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Keeps the last completed transaction of each run of records of one source. */
  private static void collectPositions(
      BatchCursor cursor, RecordView view, Map<String, SourcePosition> positions) {
    view.enter(cursor);
    String source = "";
    long lastOffset = -1;
    int positionStart = 0;
    int positionEnd = 0;
    long offset = cursor.firstOffset();
    for (int left = cursor.count(); left > 0; left--, offset++) {
      view.advance();
      if (view.part() != ChangeSet.Part.LAST) {
        continue;
      }
      if (lastOffset >= 0 && !source.equals(view.source())) {
        byte[] position = Arrays.copyOfRange(view.bytes(), positionStart, positionEnd);
        positions.put(source, new SourcePosition(source, position, lastOffset));
      }
      source = view.source();
      lastOffset = offset;
      positionStart = view.positionStart();
      positionEnd = view.start();
    }
    if (lastOffset >= 0) {
      byte[] position = Arrays.copyOfRange(view.bytes(), positionStart, positionEnd);
      positions.put(source, new SourcePosition(source, position, lastOffset));
    }
  }

  private void writeAgain(Storage.File file, long from, long to) {
    byte[] block = new byte[(int) Math.min(blockBytes, to - from)];
    for (long at = from; at < to; at += block.length) {
      int count = (int) Math.min(block.length, to - at);
      int read = file.read(at, block, 0, count);
      file.write(at, block, 0, read);
    }
  }
}
