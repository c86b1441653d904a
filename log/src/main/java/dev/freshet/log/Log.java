package dev.freshet.log;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Scheduler;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * The durable log of a whole project: every change set of every source, in one order. Offsets count
 * records from 0 without gaps, and never name another record later: the same log replays to the
 * same result. Safe for all threads. Implementations: embedded (files of this process) and Kafka;
 * nobody else may know which one runs.
 *
 * <pre>
 *      startOffset            durableOffset        endOffset
 *           |  readable, survives   |  waits for the   |
 *   deleted |  a power cut          |  next commit     | next append
 * </pre>
 *
 * <p>When the disk has no room for a commit, what waits goes on waiting: every flush, and every
 * append once too much waits, throws {@link ErrorCode#DISK_FULL} until there is room. When a commit
 * fails in any other way, the log turns <i>failed</i>: what waited was never acknowledged and is
 * not tried again, every later append and flush throws {@link ErrorCode#STORAGE_FAILED}, and only a
 * new log, opened in its place, knows what has survived.
 */
public interface Log extends AutoCloseable {
  /**
   * Appends a record and returns its offset. The record waits in memory for the next commit. A
   * writer that finds too much waiting commits it first and so waits for the disk.
   *
   * @throws FreshetException {@link ErrorCode#STORAGE_FAILED} when the log is failed or closed;
   *     {@link ErrorCode#DISK_FULL} when too much waits and the disk has no room for it: the record
   *     was not appended, and may be once there is room
   */
  long append(LogRecord record);

  /** The offset of the first record that is still kept. */
  long startOffset();

  /** The offset that the next record gets. */
  long endOffset();

  /** All records below this offset are durable. */
  long durableOffset();

  /** Bytes appended and not yet given to a commit. */
  long waitingBytes();

  /**
   * Makes everything appended before this call durable: one write and one sync for all of it,
   * shared with other callers. Returns at once when nothing waits.
   *
   * @throws FreshetException {@link ErrorCode#STORAGE_FAILED}: the log is failed; {@link
   *     ErrorCode#DISK_FULL}: the next flush tries again
   */
  void flush();

  /**
   * Starts the task that commits what is appended after a short, bounded delay. At most one runs at
   * a time. While the disk is full it tries again and again, less and less often. Any other failure
   * of a commit ends the task and is its {@link Scheduler.Handle#failure()}.
   */
  Scheduler.Handle startCommits(Scheduler scheduler);

  /**
   * Calls {@code listener} with the durable offset after each commit, on whatever thread committed.
   * The listener must return fast and not throw: it wakes a task.
   */
  void onDurable(LongConsumer listener);

  /**
   * Reads durable records from {@code fromOffset} on.
   *
   * @throws FreshetException {@link ErrorCode#NOT_FOUND} when {@code fromOffset} lies outside of
   *     what the log holds
   */
  LogReader read(long fromOffset);

  /**
   * The offset of the first durable record that came in at a time or later, or {@link
   * #durableOffset()} when there is none. Where the clock was set back, an offset before that
   * record.
   *
   * @param ingestMicros microseconds since the epoch
   */
  long offsetAt(long ingestMicros);

  /** Where to resume a source: behind its last complete and durable transaction. */
  Optional<SourcePosition> lastPosition(String source);

  /**
   * Allows the log to forget records below {@code fromOffset}. It does so in large pieces, and
   * keeps what its retention policy asks it to keep.
   */
  void retain(long fromOffset);

  /** Commits what waits, unless the log is failed, and releases everything. */
  @Override
  void close();
}
