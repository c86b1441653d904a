package dev.freshet.database;

import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.database.step.Pipeline;
import dev.freshet.log.Log;
import dev.freshet.log.LogRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes change sets durable and visible, one after the other. After a failure in between the log
 * and the state may differ, so nothing more is written until the database is opened again. Only the
 * thread that writes may call it; {@link #failure} may be asked by any.
 */
final class Writer {
  private static final String SOURCE = "database";

  private final Log log;
  private final Pipeline pipeline;
  private final Clock clock;
  private final ByteWriter scratch = new ByteWriter(1024);
  private volatile @Nullable Throwable failure;

  Writer(Log log, Pipeline pipeline, Clock clock) {
    this.log = log;
    this.pipeline = pipeline;
    this.clock = clock;
  }

  /** The offset of the record that the next commit writes. */
  long nextOffset() {
    return log.endOffset();
  }

  boolean isFailed() {
    return failure != null;
  }

  /**
   * @throws FreshetException {@link ErrorCode#STORAGE_FAILED} after a failure
   */
  void refuseWhenFailed() {
    Throwable cause = failure;
    if (cause != null) {
      throw new FreshetException(
          ErrorCode.STORAGE_FAILED,
          "Cannot write any more: an earlier write failed ("
              + cause.getMessage()
              + "). Close the database and open it again to recover what is durable.",
          cause);
    }
  }

  /**
   * Commits a transaction; no tables make a step without changes. Returns the step from which on it
   * is visible.
   *
   * @throws FreshetException {@link ErrorCode#LIMIT_EXCEEDED} when it is too large, and nothing was
   *     written; {@link ErrorCode#COMMIT_OUTCOME_UNKNOWN} when the disk failed in between
   */
  long commit(List<TableChanges> tables) {
    long now = clock.wallMicros();
    ChangeSet changes =
        new ChangeSet(SOURCE, new byte[0], now, now, 0, ChangeSet.Part.LAST, tables);
    LogRecord record = LogRecord.of(changes, scratch);
    return guarded(() -> {
      long offset = log.append(record);
      flush();
      while (pipeline.run() instanceof Next.Now) {
        // one bounded step after the other
      }
      return offset + 1;
    });
  }

  /**
   * A disk that hangs while the log forgets what is old is waited for as it is when it hangs in the
   * commit itself: the record is in the log, and to give up would end all writing.
   */
  private void flush() {
    while (true) {
      try {
        log.flush();
        return;
      } catch (FreshetException e) {
        if (e.code() != ErrorCode.TIMED_OUT) {
          throw e;
        }
      }
    }
  }

  /** Does something that must happen as a whole or end all writing. */
  long guarded(LongWork work) {
    try {
      return work.run();
    } catch (RuntimeException | Error e) {
      failure = e;
      throw new FreshetException(
          ErrorCode.COMMIT_OUTCOME_UNKNOWN,
          "Failed to write: "
              + e.getMessage()
              + " Whether the change lasts is not known. Close the database, open it again and look"
              + " before you repeat it.",
          e);
    }
  }

  @FunctionalInterface
  interface LongWork {
    long run();
  }
}
