package dev.freshet.kafka;

import dev.freshet.core.error.Check;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Does one piece of work at a time on a thread of its own. One thread begins and awaits; what the
 * work has written is seen by it afterwards.
 */
final class DecodeAhead implements AutoCloseable {
  private static final long CLOSE_MILLIS = 10_000;

  private final Scheduler.Handle task;
  private final AtomicReference<@Nullable Work> waiting = new AtomicReference<>();
  private volatile boolean closed;
  private @Nullable CompletableFuture<Void> begun;

  private record Work(Runnable run, CompletableFuture<Void> done) {}

  DecodeAhead(Scheduler scheduler, String source) {
    this.task = scheduler.start("decoder of " + source, this::run);
  }

  private Next run() {
    Work work = waiting.getAndSet(null);
    if (work != null) {
      try {
        work.run().run();
        work.done().complete(null);
      } catch (RuntimeException | Error e) {
        work.done().completeExceptionally(e); // thrown where it is awaited
      }
    }
    return Next.WHEN_WOKEN;
  }

  /** Begins work; none may be begun and not awaited. */
  void begin(Runnable run) {
    Check.that(begun == null, "one piece of work at a time");
    CompletableFuture<Void> done = new CompletableFuture<>();
    begun = done;
    waiting.set(new Work(run, done));
    task.wake();
    if (closed) {
      endWaiting();
    }
  }

  /** Whether work that was begun has not ended yet. */
  boolean isBusy() {
    CompletableFuture<Void> work = begun;
    return work != null && !work.isDone();
  }

  /** Waits for the end of what was begun, if anything was; throws what it threw. */
  void await() {
    CompletableFuture<Void> work = begun;
    begun = null;
    if (work != null) {
      try {
        work.join();
      } catch (CompletionException e) {
        switch (e.getCause()) {
          case RuntimeException cause -> throw cause;
          case Error cause -> throw cause;
          case null, default -> throw e;
        }
      }
    }
  }

  /** Waits for the end of what was begun, whatever comes of it. */
  void abandon() {
    try {
      await();
    } catch (RuntimeException | Error e) {
      // its messages are read again
    }
  }

  /** Ends what waits for its turn, so that nobody waits for it; what runs ends by itself. */
  private void endWaiting() {
    Work work = waiting.getAndSet(null);
    if (work != null) {
      work.done()
          .completeExceptionally(
              new FreshetException(
                  ErrorCode.NOT_RUNNING, "Cannot decode messages: the source is being stopped."));
    }
  }

  /** Safe for all threads. */
  @Override
  public void close() {
    closed = true;
    task.cancel();
    try {
      task.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    endWaiting();
  }
}
