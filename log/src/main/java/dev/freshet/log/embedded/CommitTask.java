package dev.freshet.log.embedded;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;

/**
 * Commits what waits, once it has waited long enough or is large enough. The log wakes it when a
 * first record waits and when enough waits. While a commit syncs, records gather for the next one.
 */
final class CommitTask implements Scheduler.Task {
  private static final long RETRY_MILLIS_MIN = 100;
  private static final long RETRY_MILLIS_MAX = 2_000;

  private final EmbeddedLog log;
  private final Clock clock;
  private final LogSettings settings;
  private long retryMillis = RETRY_MILLIS_MIN;

  CommitTask(EmbeddedLog log, Clock clock, LogSettings settings) {
    this.log = log;
    this.clock = clock;
    this.settings = settings;
  }

  @Override
  public Scheduler.Next run() {
    if (log.isClosed()) {
      return Scheduler.Next.DONE;
    }
    long waitingBytes = log.waitingBytes();
    if (waitingBytes == 0) {
      return Scheduler.Next.WHEN_WOKEN;
    }
    long left = log.waitingSinceNanos() + settings.commitDelayNanos() - clock.nanos();
    if (left > 0 && waitingBytes < settings.commitBytes()) {
      return new Scheduler.Next.After(left);
    }
    try {
      log.flush();
      retryMillis = RETRY_MILLIS_MIN;
    } catch (DiskFullException e) {
      long wait = retryMillis; // the log tells why it waits
      retryMillis = Math.min(RETRY_MILLIS_MAX, retryMillis * 2);
      return Scheduler.Next.afterMillis(wait);
    } catch (FreshetException e) {
      if (log.isClosed()) {
        return Scheduler.Next.DONE; // closed in between: closing commits what waits
      }
      if (e.code() == ErrorCode.TIMED_OUT) {
        return Scheduler.Next.afterMillis(RETRY_MILLIS_MIN); // somebody else's commit hangs
      }
      throw e;
    }
    return Scheduler.Next.NOW;
  }
}
