package dev.freshet.runtime.system;

import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.port.Scheduler.Task;
import dev.freshet.core.retry.Backoff;
import java.time.Duration;

/** Computes models that a start left out, after a while, again and again until that succeeds. */
final class HeldModels implements Task {
  private static final Duration LAST = Duration.ofMinutes(10);

  private final Runnable compute;
  private final Backoff backoff;
  private boolean hasWaited;

  /**
   * @param compute computes them beside the running ones, and throws when that fails
   */
  HeldModels(Runnable compute, Duration wait) {
    this.compute = compute;
    this.backoff = new Backoff(wait, wait.compareTo(LAST) > 0 ? wait : LAST);
  }

  @Override
  public Next run() {
    if (hasWaited) {
      try {
        compute.run();
        return Next.DONE;
      } catch (RuntimeException | Error e) { // the status tells it
        return Next.afterMillis(backoff.nextMillis());
      }
    }
    hasWaited = true;
    return Next.afterMillis(backoff.nextMillis());
  }
}
