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
 * <p>What becomes of a record that is appended, and of a flush:
 *
 * <table>
 * <caption>Outcomes</caption>
 * <tr><th>outcome</th><th>{@link #append}: the record</th><th>{@link #flush}: what waited</th></tr>
 * <tr><td>returns</td><td>waits for a commit</td><td>is durable</td></tr>
 * <tr><td>{@link ErrorCode#LIMIT_EXCEEDED}</td><td>is not in the log: its source's name is too long
 *     </td><td>-</td></tr>
 * <tr><td>{@link ErrorCode#DISK_FULL}</td><td>is not in the log; may be appended again</td>
 *     <td>goes on waiting; the next commit tries again</td></tr>
 * <tr><td>{@link ErrorCode#TIMED_OUT}</td><td>is not in the log; may be appended again</td>
 *     <td>goes on waiting, or is being written: it may become durable</td></tr>
 * <tr><td>{@link ErrorCode#STORAGE_FAILED}</td><td>is not in the log</td><td>may be durable or not:
 *     only opening the log anew tells</td></tr>
 * </table>
 *
 * <p>When the disk has no room for a commit, what waits goes on waiting: every flush, and every
 * append once too much waits, throws {@link ErrorCode#DISK_FULL} until there is room. When the disk
 * hangs in a commit, everybody else's flush, and append once too much waits, throws {@link
 * ErrorCode#TIMED_OUT} after some seconds, until the disk answers; whoever makes that commit waits
 * as long as the disk takes. When a commit fails in any other way, the log turns <i>failed</i>:
 * what waited was never acknowledged and is not tried again, every later append and flush throws
 * {@link ErrorCode#STORAGE_FAILED}, and only a new log, opened in its place, knows what has
 * survived.
 */
public interface Log extends AutoCloseable {
  /**
   * Appends a record and returns its offset. The record waits in memory for the next commit. A
   * writer that finds too much waiting commits it first and so waits for the disk.
   *
   * @throws FreshetException always without the record in the log, now or later: {@link
   *     ErrorCode#STORAGE_FAILED} when the log is failed or closed; when too much waits, {@link
   *     ErrorCode#DISK_FULL} while the disk has no room for it, and {@link ErrorCode#TIMED_OUT}
   *     while the disk hangs in a commit: the same record may be appended again
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
   * @throws FreshetException {@link ErrorCode#STORAGE_FAILED}: the log is failed or closed; {@link
   *     ErrorCode#DISK_FULL}: what waits goes on waiting, and the next flush tries again; {@link
   *     ErrorCode#TIMED_OUT}: the disk hangs in another's commit, and what waits may become durable
   *     with a later one, without another append
   */
  void flush();

  /**
   * Starts the task that commits what is appended after a short, bounded delay. At most one runs at
   * a time. While the disk is full it tries again and again, less and less often; while it hangs in
   * another's commit, ten times a second. Any other failure of a commit ends the task and is its
   * {@link Scheduler.Handle#failure()}.
   */
  Scheduler.Handle startCommits(Scheduler scheduler);

  /**
   * Calls {@code listener} with the durable offset after each commit, on whatever thread committed.
   * The listener must return fast and not throw: it wakes a task. A slow one holds up the thread
   * that committed, and no other's commit. One that throws is called again after the next commit;
   * nobody else notices.
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
   * keeps what its retention policy asks it to keep. Forgets nothing while the disk hangs in a
   * commit: the next call does.
   */
  void retain(long fromOffset);

  /**
   * Commits what waits, unless the log is failed (which it has told), and releases everything, also
   * when that commit fails. Whoever calls it again when all was released gets no error.
   *
   * @throws FreshetException what waited was not acknowledged, and may be durable or not: {@link
   *     ErrorCode#DISK_FULL}, {@link ErrorCode#STORAGE_FAILED}; {@link ErrorCode#TIMED_OUT} after
   *     some seconds when the disk hangs, and everything is released when it answers
   */
  @Override
  void close();
}
