package dev.freshet.log.embedded;

import dev.freshet.core.crash.CrashPoint;
import dev.freshet.core.error.Check;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.log.Log;
import dev.freshet.log.LogReader;
import dev.freshet.log.LogRecord;
import dev.freshet.log.SourcePosition;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The log on segment files below one directory, which it locks.
 *
 * <p>Two buffers take turns: writers fill one under the append lock while the other is written and
 * synced under the commit lock, so an append never waits for the disk unless too much waits. A
 * record's bytes are copied once, into the buffer that is written.
 */
public final class EmbeddedLog implements Log {
  private final Storage storage;
  private final String directory;
  private final Clock clock;
  private final LogSettings settings;
  private final Storage.Lock directoryLock;
  private final long cutBytes;
  private final StoredSegments stored = new Stored();
  private final DurableListeners listeners = new DurableListeners();
  private final Map<String, SourcePosition> positions;

  /** Taken after {@link #commitLock} where both are held. */
  private final ReentrantLock appendLock = new ReentrantLock();

  private WriteBuffer filling; // guarded by appendLock
  private volatile long endOffset; // written under appendLock
  private volatile long waitingBytes; // written under appendLock
  private volatile long waitingSinceNanos; // written under appendLock

  private final ReentrantLock commitLock = new ReentrantLock();
  private final SegmentWriter writer; // guarded by commitLock
  private WriteBuffer spare; // guarded by commitLock; filling while unwritten is there

  /** Taken for a commit that found the disk full; the next commit begins with it. */
  private @Nullable WriteBuffer unwritten; // guarded by commitLock

  private volatile long unwrittenBytes; // written under commitLock
  private volatile String diskFull = ""; // written under commitLock
  private boolean deletionUnsynced; // guarded by commitLock
  private volatile Segment[] segments; // written under commitLock
  private volatile long durableOffset; // written under commitLock

  private volatile @Nullable Throwable failure;
  private volatile boolean closed;
  private final Closing closing;
  private volatile Scheduler.@Nullable Handle commits;

  private EmbeddedLog(
      Storage storage,
      String directory,
      Clock clock,
      LogSettings settings,
      Storage.Lock directoryLock,
      Recovery.Opened opened) {
    this.storage = storage;
    this.directory = directory;
    this.clock = clock;
    this.settings = settings;
    this.directoryLock = directoryLock;
    this.closing = new Closing(clock, settings.patienceNanos());
    this.cutBytes = opened.cutBytes();
    this.writer = new SegmentWriter(storage, directory, opened.end());
    this.positions = new ConcurrentHashMap<>(opened.end().positions());
    this.segments = opened.segments().toArray(new Segment[0]);
    this.endOffset = writer.nextOffset();
    this.durableOffset = writer.nextOffset();
    int keptCapacityMax = settings.waitingBytesMax() * 2;
    this.filling = new WriteBuffer(settings.batchBytes(), keptCapacityMax);
    this.spare = new WriteBuffer(settings.batchBytes(), keptCapacityMax);
  }

  /**
   * Opens the log in a directory, or begins one there, and repairs a tail that a crash tore.
   *
   * @throws FreshetException {@link ErrorCode#STORAGE_DAMAGED} when durable records are missing or
   *     changed, {@link ErrorCode#FORMAT_UNKNOWN} for files of a newer Freshet, {@link
   *     ErrorCode#DIRECTORY_IN_USE}
   */
  public static EmbeddedLog open(
      Storage storage, String directory, Clock clock, LogSettings settings) {
    storage.createDirectories(directory);
    storage.syncDirectory(Storage.parent(directory));
    Storage.Lock lock = storage.lock(directory);
    try {
      Recovery.Opened opened = Recovery.open(storage, directory, clock, settings.readBlockBytes());
      return new EmbeddedLog(storage, directory, clock, settings, lock, opened);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  @Override
  public long append(LogRecord record) {
    if (waitingBytes() >= settings.waitingBytesMax()) {
      refuseWhenUnusable();
      flush();
    }
    long offset;
    long before;
    long after;
    appendLock.lock();
    try {
      refuseWhenUnusable();
      before = filling.length();
      offset = endOffset;
      filling.add(record, offset);
      after = filling.length();
      if (before == 0) {
        waitingSinceNanos = clock.nanos();
      }
      waitingBytes = after;
      endOffset = offset + 1;
    } finally {
      appendLock.unlock();
    }
    long enough = settings.commitBytes();
    if (before == 0 || (before < enough && after >= enough)) {
      wakeCommits();
    }
    return offset;
  }

  @Override
  public void flush() {
    long target = endOffset;
    if (durableOffset < target || failure != null) {
      if (!lockCommits()) {
        throw hangs("Cannot write to");
      }
      try {
        if (durableOffset < target || failure != null) {
          commit();
        }
      } finally {
        commitLock.unlock();
      }
      listeners.tell(durableOffset);
    } else {
      refuseWhenUnusable();
    }
  }

  /**
   * A disk may hang in a sync for ever, and nobody is to wait as long; {@code false} when the time
   * ran out. An interrupt stays for later.
   */
  private boolean lockCommits() {
    long deadline = clock.nanos() + settings.patienceNanos();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return commitLock.tryLock(deadline - clock.nanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private FreshetException hangs(String what) {
    return new FreshetException(
        ErrorCode.TIMED_OUT,
        what
            + " the log in "
            + directory
            + ": the disk has not ended a commit within "
            + settings.patienceNanos() / 1_000_000
            + " ms. What it has not synced is not acknowledged. Look after the disk; when it answers"
            + " again, so does the log.");
  }

  /** Commits all that waits. Holds the commit lock. */
  private void commit() {
    refuseWhenUnusable();
    writeUnwritten();
    WriteBuffer taken;
    appendLock.lock();
    try {
      refuseWhenUnusable();
      taken = filling;
      filling = spare;
      waitingBytes = 0;
    } finally {
      appendLock.unlock();
    }
    write(taken);
    spare = taken;
  }

  private void writeUnwritten() {
    WriteBuffer kept = unwritten;
    if (kept != null) {
      write(kept);
      unwritten = null;
      unwrittenBytes = 0;
      spare = kept;
    }
  }

  private void write(WriteBuffer buffer) {
    try {
      if (writer.isFull(settings.segmentBytes())) {
        Segment begun = writer.roll(clock.wallMicros());
        Segment[] extended = Arrays.copyOf(segments, segments.length + 1);
        extended[segments.length] = begun;
        segments = extended;
      }
      writer.commit(buffer);
    } catch (DiskFullException e) {
      unwritten = buffer;
      unwrittenBytes = buffer.length();
      diskFull = e.getMessage();
      throw e;
    } catch (RuntimeException | Error e) {
      failure = e;
      throw e;
    }
    diskFull = "";
    buffer.clear();
    positions.putAll(writer.positions());
    durableOffset = writer.nextOffset();
  }

  private void refuseWhenUnusable() {
    Throwable cause = failure;
    if (cause != null) {
      throw new FreshetException(
          ErrorCode.STORAGE_FAILED,
          "Cannot use the log in "
              + directory
              + " any more: a commit failed ("
              + cause.getMessage()
              + "). Restart to recover what is durable.",
          cause);
    }
    if (closed) {
      throw new FreshetException(
          ErrorCode.STORAGE_FAILED, "Cannot use the log in " + directory + ": it is closed.");
    }
  }

  private void wakeCommits() {
    Scheduler.Handle handle = commits;
    if (handle != null) {
      handle.wake();
    }
  }

  @Override
  public Scheduler.Handle startCommits(Scheduler scheduler) {
    Scheduler.Handle running = commits;
    Check.that(running == null || running.isDone(), "one commit task runs at a time");
    Scheduler.Handle started = scheduler.start("log-commit", new CommitTask(this, clock, settings));
    commits = started;
    started.wake(); // for what was appended before the handle was known
    return started;
  }

  @Override
  public void onDurable(LongConsumer listener) {
    listeners.add(listener);
  }

  @Override
  public LogReader read(long fromOffset) {
    if (fromOffset < startOffset() || fromOffset > endOffset) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND,
          "Cannot read the log from offset "
              + fromOffset
              + ": it holds offsets "
              + startOffset()
              + " to "
              + endOffset
              + ".");
    }
    return new EmbeddedReader(stored, fromOffset);
  }

  @Override
  public long offsetAt(long ingestMicros) {
    return TimeSearch.offsetAt(stored, ingestMicros);
  }

  @Override
  public Optional<SourcePosition> lastPosition(String source) {
    return Optional.ofNullable(positions.get(source));
  }

  @Override
  public void retain(long fromOffset) {
    if (!lockCommits()) {
      return; // the next call forgets as much
    }
    try {
      while (segments.length > 1 && mayForget(segments, Math.min(fromOffset, durableOffset))) {
        syncDeletion(); // one by one, oldest first, so that neither crash nor fault leaves a gap
        storage.delete(segments[0].path());
        deletionUnsynced = true;
        CrashPoint.LOG_FORGOTTEN.reached();
        segments = Arrays.copyOfRange(segments, 1, segments.length);
      }
      syncDeletion();
    } finally {
      commitLock.unlock();
    }
  }

  private void syncDeletion() {
    if (deletionUnsynced) {
      storage.syncDirectory(directory);
      deletionUnsynced = false;
    }
  }

  private boolean mayForget(Segment[] all, long fromOffset) {
    Segment following = all[1];
    if (following.base() > fromOffset) {
      return false;
    }
    long bytes = 0;
    for (Segment segment : all) {
      bytes += segment.durableLength();
    }
    RetentionPolicy policy = settings.retention();
    return clock.wallMicros() - following.createdMicros() >= policy.keepMicros()
        || bytes > policy.keepBytes();
  }

  /**
   * @throws FreshetException {@link ErrorCode#TIMED_OUT} when a commit does not end, be it
   *     another's or the last one; nothing that waits is acknowledged then, and the directory stays
   *     locked until the commit has ended or the process has, since it may still write
   */
  @Override
  public void close() {
    if (!closing.run(this::commitAndRelease)) {
      closed = true;
      wakeCommits();
      throw hangs("Cannot wait any longer to close");
    }
  }

  private void commitAndRelease() {
    commitLock.lock();
    try {
      if (failure == null) { // a failed log has told so
        if (closed) {
          throw hangs("Cannot wait any longer to close");
        }
        commitTheRest();
      }
    } finally {
      closed = true;
      try {
        writer.close();
      } finally {
        directoryLock.close();
        commitLock.unlock();
        wakeCommits();
      }
    }
  }

  private void commitTheRest() {
    writeUnwritten();
    WriteBuffer rest;
    appendLock.lock();
    try {
      closed = true;
      rest = filling;
      waitingBytes = 0;
    } finally {
      appendLock.unlock();
    }
    if (!rest.isEmpty()) {
      write(rest);
    }
    writer.mark(spare);
  }

  @Override
  public long startOffset() {
    return segments[0].base();
  }

  @Override
  public long endOffset() {
    return endOffset;
  }

  @Override
  public long durableOffset() {
    return durableOffset;
  }

  @Override
  public long waitingBytes() {
    return waitingBytes + unwrittenBytes;
  }

  /**
   * Why commits wait for room on the disk; empty while they do not. They go on by themselves once
   * there is room.
   */
  public String diskFull() {
    return diskFull;
  }

  /**
   * What a listener of {@link #onDurable} threw last, which is a defect; empty when none ever did.
   */
  public String listenerFailure() {
    return listeners.failure();
  }

  /** Bytes of a torn tail that opening cut: a commit that a crash interrupted. */
  public long cutBytes() {
    return cutBytes;
  }

  /** Bytes of all segment files. */
  public long sizeBytes() {
    long bytes = 0;
    for (Segment segment : segments) {
      bytes += segment.durableLength();
    }
    return bytes;
  }

  boolean isClosed() {
    return closed;
  }

  long waitingSinceNanos() {
    return waitingSinceNanos;
  }

  /** What readers see of the log. */
  private final class Stored implements StoredSegments {
    @Override
    public Storage storage() {
      return storage;
    }

    @Override
    public int readBlockBytes() {
      return settings.readBlockBytes();
    }

    @Override
    public long durableOffset() {
      return durableOffset;
    }

    @Override
    public Segment[] segments() {
      return segments;
    }
  }
}
