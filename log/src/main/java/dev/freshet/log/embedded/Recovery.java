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
 * its tail.
 *
 * <p>What may be cut is decided by proof. Each batch says where its group commit began, and all
 * bytes before that were durable when it was written. So a bad batch with a later group anywhere
 * behind it was once durable and is damage; a bad batch without one belongs to the commit that a
 * crash interrupted, was never acknowledged, and is cut with all that follows.
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
    SegmentHeader last = recovery.checkHeaders(bases);
    return recovery.recoverLast(last);
  }

  /** Base offsets of the segment files, ascending; removes what an interrupted creation left. */
  private List<Long> bases() {
    List<Long> bases = new ArrayList<>();
    for (String name : storage.list(directory)) {
      if (name.endsWith(TEMPORARY)) {
        storage.delete(directory + "/" + name);
      } else if (Segment.baseOf(name) >= 0) {
        bases.add(Segment.baseOf(name));
      }
    }
    bases.sort(null);
    return bases;
  }

  /** Checks each segment against the one before it; returns the last one's header. */
  private SegmentHeader checkHeaders(List<Long> bases) {
    SegmentHeader header = null;
    for (long base : bases) {
      String path = directory + "/" + Segment.fileName(base);
      try (Storage.File file = storage.openRead(path)) {
        header = SegmentHeader.read(file, path, base);
        segments.add(new Segment(path, header, file.size()));
      }
      if (segments.size() > 1) {
        checkFollows(header, segments.get(segments.size() - 2));
      }
    }
    if (header == null) {
      throw new IllegalArgumentException("no segments");
    }
    return header;
  }

  private void checkFollows(SegmentHeader header, Segment before) {
    String beforePath = directory + "/" + Segment.fileName(header.previousBase());
    if (header.previousBase() != before.base()) {
      throw Damage.at(
          beforePath, 0, "this segment is missing, or one stands behind it that is none");
    }
    if (header.previousLength() != before.durableLength()) {
      throw Damage.at(
          beforePath,
          Math.min(header.previousLength(), before.durableLength()),
          "the file has "
              + before.durableLength()
              + " bytes where it once had "
              + header.previousLength());
    }
  }

  private Opened recoverLast(SegmentHeader header) {
    Segment segment = segments.getLast();
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
        index.add(cursor.firstOffset(), position);
        collectPositions(cursor, view, positions);
        lastGroup = cursor.groupPosition();
        lastCrc = cursor.crc();
        mark = cursor.count() == 0 ? SegmentWriter.Mark.PRESENT : SegmentWriter.Mark.ABSENT;
        position = cursor.position();
      }
      if (position < size) {
        refuseDamage(file, segment, position, size, cursor.problem());
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

  /** Looks behind a bad batch for one whose group began after it. */
  private void refuseDamage(
      Storage.File file, Segment segment, long bad, long size, String problem) {
    Window window = new Window(file, blockBytes);
    BatchCursor candidate = new BatchCursor(file, segment.path(), segment.base(), blockBytes);
    for (long at = bad + 1; at <= size - BatchFormat.HEADER; at++) {
      int in = window.ensure(at, BatchFormat.HEADER, size);
      if (in < 0) {
        return;
      }
      if (Bytes.intAt(window.bytes(), in) != BatchFormat.MAGIC) {
        continue;
      }
      long group = Bytes.longAt(window.bytes(), in + BatchFormat.GROUP_POSITION);
      if (group > bad && group <= at && candidate.isValid(at, size)) {
        throw Damage.at(segment.path(), bad, problem + ", and later commits stand behind it");
      }
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
