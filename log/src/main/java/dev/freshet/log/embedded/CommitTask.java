package dev.freshet.log.embedded;

import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;

/**
 * Commits what waits, once it has waited long enough or is large enough. The log wakes it when a
 * first record waits and when enough waits. While a commit syncs, records gather for the next one.
 */
final class CommitTask implements Scheduler.Task {
  private final EmbeddedLog log;
  private final Clock clock;
  private final LogSettings settings;

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
    } catch (FreshetException e) {
      if (log.isClosed()) {
        return Scheduler.Next.DONE; // closed in between: closing commits what waits
      }
      throw e;
    }
    return Scheduler.Next.NOW;
  }
}
