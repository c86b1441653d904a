package dev.freshet.runtime.feed;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Pausable;
import dev.freshet.capture.Rereadable;
import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.capture.SourceHistory;
import dev.freshet.capture.SourceStatus;
import dev.freshet.capture.SourceTable;
import dev.freshet.contracts.mask.Masks;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.log.FreeSpace;
import dev.freshet.log.Log;
import dev.freshet.log.LogReader;
import dev.freshet.log.LogRecord;
import dev.freshet.log.SourcePosition;
import dev.freshet.runtime.metrics.Rate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One source's way into the log, through the masks of its tables. The source is told that a change
 * set is durable only after the log has synced it, so what the source then forgets is on our disk.
 * Safe for all threads.
 */
public final class SourceFeed implements ChangeSink, AutoCloseable {
  private static final int SCRATCH_BYTES = 1 << 16;

  private final Source source;
  private final Masks masks;
  private final Log log;
  private final Clock clock;
  private final FreeSpace freeSpace;
  private final Rate rows;
  private final ByteWriter scratch = new ByteWriter(SCRATCH_BYTES);
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private volatile @Nullable Capture capture;
  private volatile long lastCommitMicros;

  private record Waiting(long offset, byte[] position) {}

  /** Why the log took no change set when the last one was offered. */
  private volatile Obstacle obstacle = Obstacle.NONE;

  /** What keeps changes out of the log: the source waits and offers them again. */
  public enum Obstacle {
    NONE,
    /** The disk is full, or nearly so. */
    DISK_FULL,
    /** The disk hangs in a commit. */
    DISK_HANGS
  }

  /**
   * @param freeSpace while it is short nothing is taken: the source keeps its changes
   */
  public SourceFeed(Source source, Log log, Clock clock, FreeSpace freeSpace) {
    this(source, Masks.NONE, log, clock, freeSpace);
  }

  /**
   * @param masks that every change set goes through before it is written
   * @param freeSpace while it is short nothing is taken: the source keeps its changes
   */
  public SourceFeed(Source source, Masks masks, Log log, Clock clock, FreeSpace freeSpace) {
    this.source = source;
    this.masks = masks;
    this.log = log;
    this.clock = clock;
    this.freeSpace = freeSpace;
    this.rows = new Rate(clock);
    log.onDurable(this::onDurable);
  }

  public String name() {
    return source.name();
  }

  /** Where the source goes on: behind its last complete transaction in the log. */
  public Resume resume(List<SourceTable> knownTables) {
    Optional<SourcePosition> last = log.lastPosition(source.name());
    return last.isEmpty()
        ? Resume.FROM_NOTHING
        : new Resume.After(
            last.get().position(), ChangeSet.Part.LAST, knownTables, this::readHistory);
  }

  /** Whether the log has nothing complete of the source. */
  public boolean isBeforeFirstSnapshot() {
    return log.lastPosition(source.name()).isEmpty();
  }

  private void readHistory(long ingestMicros, SourceHistory.Reader reader) {
    try (LogReader records = log.read(log.offsetAt(ingestMicros))) {
      while (records.next()) {
        if (records.part() == ChangeSet.Part.LAST && records.source().equals(source.name())) {
          reader.read(records.position(), records.ingestMicros(), records::changes);
        }
      }
    }
  }

  /** What the log has of a first transaction that is not complete. */
  private List<byte[]> unfinishedParts() {
    List<byte[]> parts = new ArrayList<>();
    try (LogReader records = log.read(log.startOffset())) {
      while (records.next()) {
        if (records.source().equals(source.name())) {
          switch (records.part()) {
            case MORE -> parts.add(records.position());
            case LAST, RESTART -> parts.clear();
          }
        }
      }
    }
    return parts;
  }

  /**
   * Starts to capture. Parts of a transaction that an earlier run left without their end are
   * declared void first: the source sends that transaction again. Unless it goes on there.
   */
  public void start(Scheduler scheduler, Resume resume) {
    if (resume instanceof Resume.FromNothing && source.continuesParts()) {
      List<byte[]> parts = unfinishedParts();
      if (!parts.isEmpty()) {
        capture = source.start(scheduler, clock, new Resume.FromNothing(parts), this);
        return;
      }
    }
    if (log.endOffset() > 0) {
      byte[] position =
          log.lastPosition(source.name()).map(SourcePosition::position).orElse(new byte[0]);
      long now = clock.wallMicros();
      ChangeSet restart =
          new ChangeSet(source.name(), position, now, now, 0, ChangeSet.Part.RESTART, List.of());
      log.append(LogRecord.of(restart, new ByteWriter(SCRATCH_BYTES)));
    }
    capture = source.start(scheduler, clock, resume, this);
  }

  @Override
  public Answer offer(ChangeSet changes) {
    // That parts are void costs some bytes, and gives back the room that they hold.
    if (freeSpace.isShort() && changes.part() != ChangeSet.Part.RESTART) {
      return Answer.FULL;
    }
    // Not under the lock: an append may wait for a commit, and a commit calls onDurable.
    long offset;
    try {
      offset = log.append(LogRecord.of(masks.apply(changes), scratch));
    } catch (FreshetException e) {
      Obstacle found = obstacle(e.code());
      if (found == Obstacle.NONE) {
        throw e;
      }
      obstacle = found;
      return Answer.FULL;
    }
    obstacle = Obstacle.NONE;
    // What is delivered under another name, beside the source's own transactions, says nothing of
    // how far these are.
    if (changes.source().equals(source.name())) {
      synchronized (waiting) {
        waiting.add(new Waiting(offset, changes.position()));
      }
    }
    if (log.durableOffset() > offset) {
      onDurable(log.durableOffset());
    }
    rows.add(changes.rowCount());
    lastCommitMicros = changes.sourceMicros();
    return Answer.TAKEN;
  }

  /** What passes by itself: the log does not have the record then, and takes it later. */
  private static Obstacle obstacle(ErrorCode code) {
    return switch (code) {
      case DISK_FULL -> Obstacle.DISK_FULL;
      case TIMED_OUT -> Obstacle.DISK_HANGS;
      default -> Obstacle.NONE;
    };
  }

  /** What keeps changes out. */
  public Obstacle obstacle() {
    return freeSpace.isShort() ? Obstacle.DISK_FULL : obstacle;
  }

  private void onDurable(long durableOffset) {
    obstacle = Obstacle.NONE; // the disk has taken something
    byte[] durable = null;
    synchronized (waiting) {
      while (!waiting.isEmpty() && waiting.peek().offset() < durableOffset) {
        durable = waiting.poll().position();
      }
    }
    Capture running = capture;
    if (durable != null && running != null) {
      running.acknowledged(durable);
    }
  }

  /** Rows received since the start. */
  public Rate rows() {
    return rows;
  }

  /**
   * Commit time of the newest change set in the log, microseconds since the epoch; 0 before the
   * first.
   */
  public long lastCommitMicros() {
    return lastCommitMicros;
  }

  /** How the source is doing; empty before the start. */
  public Optional<SourceStatus> status() {
    return Optional.ofNullable(capture).map(Capture::status);
  }

  /** What every change set goes through before it is written. */
  public Masks masks() {
    return masks;
  }

  /**
   * Reads the source's tables once more, without masks; empty before the start, and where that
   * cannot be done.
   */
  public Optional<Rereadable> rereadable() {
    return Optional.ofNullable(capture).flatMap(Capture::rereadable);
  }

  /** Leaves the source's tables alone one by one; empty where that cannot be done. */
  public Optional<Pausable> pausable() {
    return source instanceof Pausable pausable ? Optional.of(pausable) : Optional.empty();
  }

  /** Makes the source look at once at what was asked of it. */
  public void wake() {
    Capture running = capture;
    if (running != null) {
      running.wake();
    }
  }

  @Override
  public void close() {
    Capture running = capture;
    if (running != null) {
      running.close();
    }
  }
}
