package dev.freshet.log.embedded;

import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The end of a log, once and on a thread of its own: a disk may hang in it for ever, and whoever
 * closes is not to wait as long. Safe for all threads.
 */
final class Closing {
  private final Clock clock;
  private final long patienceNanos;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  Closing(Clock clock, long patienceNanos) {
    this.clock = clock;
    this.patienceNanos = patienceNanos;
  }

  /**
   * Starts the work, unless it was before, and waits for its end; throws what it threw to all who
   * waited. {@code false} when the time ran out: the work goes on. An interrupt stays for later.
   */
  boolean run(Runnable work) {
    if (ended.isDone()) {
      return true; // those who waited were told what became of it
    }
    if (!begun.getAndSet(true)) {
      Scheduler.threads()
          .start(
              "log-close",
              () -> {
                end(work);
                return Scheduler.Next.DONE;
              });
    }
    long deadline = clock.nanos() + patienceNanos;
    boolean interrupted = false;
    try {
      while (true) {
        try {
          ended.get(deadline - clock.nanos(), TimeUnit.NANOSECONDS);
          return true;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (TimeoutException e) {
          return false;
        } catch (ExecutionException e) {
          throw cause(e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void end(Runnable work) {
    try {
      work.run();
      ended.complete(null);
    } catch (Throwable e) { // whoever waits throws it
      ended.completeExceptionally(e);
    }
  }

  private static RuntimeException cause(ExecutionException e) {
    if (e.getCause() instanceof Error error) {
      throw error;
    }
    return e.getCause() instanceof RuntimeException failure
        ? failure
        : new IllegalStateException(e);
  }
}
