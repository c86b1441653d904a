package dev.freshet.runtime.system;

import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.port.Scheduler.Task;
import dev.freshet.core.retry.Backoff;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Computes models that a start left out, after a while, again and again until that succeeds. */
final class HeldModels implements Task {
  private static final Duration LAST = Duration.ofMinutes(10);

  private final BooleanSupplier compute;
  private final Backoff backoff;
  private boolean hasWaited;

  /**
   * @param compute computes them beside the running ones, and throws when that fails; false while
   *     it has to wait for another that computes them
   */
  HeldModels(BooleanSupplier compute, Duration wait) {
    this.compute = compute;
    this.backoff = new Backoff(wait, wait.compareTo(LAST) > 0 ? wait : LAST);
  }

  @Override
  public Next run() {
    if (hasWaited) {
      try {
        if (compute.getAsBoolean()) {
          return Next.DONE;
        }
        backoff.reset();
      } catch (RuntimeException | Error _) { // the status tells it
      }
    }
    hasWaited = true;
    return Next.afterMillis(backoff.nextMillis());
  }
}
