package dev.freshet.runtime.system;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.engine.Snapshot;
import dev.freshet.runtime.reconcile.States;
import java.util.concurrent.TimeUnit;

/** Waits for what stands in the log. Safe for all threads. */
record AppliedState(Parts parts) implements States {
  private static final long SECONDS_MAX = 60;
  private static final long LOOK_MILLIS = 20;

  /**
   * Waits until everything that came in before this call is durable and visible: {@link
   * FreshetSystem#awaitApplied}.
   */
  boolean await(long timeout, TimeUnit unit) throws InterruptedException {
    long deadline = System.nanoTime() + unit.toNanos(timeout);
    try {
      parts.log().flush();
    } catch (FreshetException e) {
      if (e.code() == ErrorCode.TIMED_OUT || e.code() == ErrorCode.DISK_FULL) {
        return false;
      }
      throw e;
    }
    long wanted = parts.log().durableOffset();
    while (true) {
      long step = parts.pipeline().visibility().step();
      if (step >= wanted || parts.pipeline().readOffset() >= wanted) {
        return true;
      }
      if (System.nanoTime() >= deadline) {
        return false;
      }
      parts.pipeline().visibility().await(step + 1, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public Snapshot applied() {
    try {
      if (await(SECONDS_MAX, TimeUnit.SECONDS)) {
        return parts.engine().snapshot();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new FreshetException(
        ErrorCode.TIMED_OUT,
        "Cannot wait for the tables: what stands in the log was not applied within "
            + SECONDS_MAX
            + " s. Try again when less comes in.");
  }
}
