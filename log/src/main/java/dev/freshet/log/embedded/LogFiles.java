package dev.freshet.log.embedded;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.log.LogReader;
import dev.freshet.log.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The files of a log, read as they stand: nothing is locked, repaired or changed, and another
 * process may be writing them. What was written after the look at the files is not seen. Safe for
 * all threads.
 */
public final class LogFiles {
  private final Storage storage;
  private final String directory;
  private final int blockBytes;

  private LogFiles(Storage storage, String directory, int blockBytes) {
    this.storage = storage;
    this.directory = directory;
    this.blockBytes = blockBytes;
  }

  /**
   * What a segment holds, as far as it can be read.
   *
   * @param path the file below the storage's root
   * @param firstOffset of its records
   * @param rows rows in all its records' change sets
   * @param bytes of the file
   * @param firstIngestMicros when its first record came in, microseconds since the epoch; {@link
   *     Long#MIN_VALUE} without records
   * @param lastIngestMicros when its last record came in
   * @param tornBytes bytes at its end that are no whole commit: one is being written, or was when
   *     the process ended, and the next start cuts it
   * @param problem what is damaged; empty when nothing is
   */
  public record SegmentReport(
      String path,
      long firstOffset,
      long records,
      long rows,
      long bytes,
      long firstIngestMicros,
      long lastIngestMicros,
      long tornBytes,
      String problem) {
    public boolean isDamaged() {
      return !problem.isEmpty();
    }
  }

  /**
   * The files of the log in a directory.
   *
   * @throws FreshetException {@link ErrorCode#NOT_FOUND} when no log is there
   */
  public static LogFiles of(Storage storage, String directory, LogSettings settings) {
    LogFiles files = new LogFiles(storage, directory, settings.readBlockBytes());
    if (!storage.exists(directory) || SegmentFiles.bases(storage, directory).isEmpty()) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND,
          "Cannot find a log: " + directory + " holds no segment file. Has the project run yet?");
    }
    return files;
  }

  /**
   * The records that were durable at this moment.
   *
   * @throws FreshetException {@link ErrorCode#STORAGE_DAMAGED}
   */
  public View view() {
    List<Segment> segments =
        SegmentFiles.read(storage, directory, SegmentFiles.bases(storage, directory));
    Segment last = segments.getLast();
    SegmentWalk walk = new SegmentWalk(storage, last, blockBytes);
    walk.run(_ -> {});
    last.durableLength(walk.end());
    return new View(
        new Stored(storage, blockBytes, segments.toArray(new Segment[0]), walk.nextOffset()));
  }

  /** The durable records at one moment. Safe for all threads. */
  public static final class View {
    private final Stored stored;

    private View(Stored stored) {
      this.stored = stored;
    }

    public long startOffset() {
      return stored.segments[0].base();
    }

    public long durableOffset() {
      return stored.durableOffset;
    }

    /** The files that hold them, in order. */
    public List<Part> parts() {
      List<Part> parts = new ArrayList<>();
      Segment last = stored.segments[stored.segments.length - 1];
      for (Segment each : stored.segments) {
        parts.add(new Part(each.path(), each.durableLength(), each != last));
      }
      return parts;
    }

    /** See {@link dev.freshet.log.Log#offsetAt}. */
    public long offsetAt(long ingestMicros) {
      return TimeSearch.offsetAt(stored, ingestMicros);
    }

    /** Reads from an offset between {@link #startOffset} and {@link #durableOffset} on. */
    public LogReader read(long fromOffset) {
      if (fromOffset < startOffset() || fromOffset > durableOffset()) {
        throw new FreshetException(
            ErrorCode.NOT_FOUND,
            "Cannot read the log from offset "
                + fromOffset
                + ": it holds offsets "
                + startOffset()
                + " to "
                + durableOffset()
                + ".");
      }
      return new EmbeddedReader(stored, fromOffset);
    }
  }

  /**
   * The part of a file that holds durable records.
   *
   * @param path below the storage's root
   * @param bytes from the file's start on
   * @param isComplete whether the file never changes again
   */
  public record Part(String path, long bytes, boolean isComplete) {}

  private record Stored(Storage storage, int readBlockBytes, Segment[] segments, long durableOffset)
      implements StoredSegments {}

  /**
   * Reads all of every segment and checks it: headers, the order of the files, each batch's
   * checksum and its link to the one before. Goes on behind damage.
   *
   * @param recordCheck called for each record, whose bytes are valid until it returns; what it
   *     throws is damage of the segment
   */
  public List<SegmentReport> verify(Consumer<LogRecord> recordCheck) {
    List<SegmentReport> reports = new ArrayList<>();
    List<Found> all = findAll();
    for (Found found : all) {
      Segment segment = found.segment();
      if (segment == null) {
        reports.add(unreadable(found));
      } else if (storage.exists(segment.path())) { // or the log forgot it meanwhile
        reports.add(
            report(segment, found.base() == all.getLast().base(), found.problem(), recordCheck));
      }
    }
    return reports;
  }

  /**
   * A segment file.
   *
   * @param segment null when its header cannot be read
   * @param problem of its header, or of its place behind the one before; empty without one
   */
  private record Found(long base, @Nullable Segment segment, String problem) {}

  /** Reads all headers: only the next one tells how much of a segment counts. */
  private List<Found> findAll() {
    List<Found> all = new ArrayList<>();
    Segment before = null;
    for (long base : SegmentFiles.bases(storage, directory)) {
      if (!storage.exists(directory + "/" + Segment.fileName(base))) {
        continue; // the log forgot it meanwhile
      }
      try {
        Segment segment = SegmentFiles.open(storage, directory, base);
        all.add(new Found(base, segment, before == null ? "" : orderProblem(segment, before)));
        before = segment;
      } catch (FreshetException e) {
        all.add(new Found(base, null, Objects.toString(e.getMessage(), "")));
        before = null;
      }
    }
    return all;
  }

  private String orderProblem(Segment segment, Segment before) {
    try {
      SegmentFiles.end(directory, before, segment.header());
      return "";
    } catch (FreshetException e) {
      return e.getMessage();
    }
  }

  private SegmentReport unreadable(Found found) {
    String path = directory + "/" + Segment.fileName(found.base());
    long unknown = Long.MIN_VALUE;
    return new SegmentReport(path, found.base(), 0, 0, 0, unknown, unknown, 0, found.problem());
  }

  private SegmentReport report(
      Segment segment, boolean last, String order, Consumer<LogRecord> recordCheck) {
    SegmentWalk walk = new SegmentWalk(storage, segment, blockBytes);
    String problem = order;
    try {
      walk.run(recordCheck);
      if (!last && walk.tornBytes() > 0) {
        problem = Damage.at(segment.path(), walk.end(), walk.problem()).getMessage();
      }
    } catch (FreshetException e) {
      problem = e.getMessage();
    }
    return new SegmentReport(
        segment.path(),
        segment.base(),
        walk.records(),
        walk.rows(),
        walk.size(),
        walk.firstIngestMicros(),
        walk.lastIngestMicros(),
        problem.isEmpty() ? walk.tornBytes() : 0,
        problem);
  }
}
