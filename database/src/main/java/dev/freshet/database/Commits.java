package dev.freshet.database;

import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.port.Scheduler.Task;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where writes run. The callers take turns: one piece of work at a time. */
sealed interface Commits extends AutoCloseable {
  /** Runs the work, waits for it and returns its result or throws what it throws. */
  <T> T call(Supplier<T> work);

  /** Whether the calling thread is in the midst of a {@link #call}, on a thread of its own. */
  boolean isCommitting();

  @Override
  void close();

  /** On the caller's thread: for simulations, where there is only one. */
  record Direct() implements Commits {
    @Override
    public <T> T call(Supplier<T> work) {
      return work.get();
    }

    @Override
    public boolean isCommitting() {
      return false;
    }

    @Override
    public void close() {
      // nothing to end
    }
  }

  /**
   * On one thread of our own: an interrupt of a caller would else close the file that is being
   * written, and with it the log.
   */
  final class OwnThread implements Commits, Task {
    private static final long JOIN_MILLIS = 10_000;

    private final AtomicReference<@Nullable Runnable> waiting = new AtomicReference<>();
    private final Scheduler.Handle handle;
    private volatile @Nullable Thread committing;

    OwnThread(Scheduler scheduler) {
      this.handle = scheduler.start("freshet commits", this);
    }

    @Override
    public Next run() {
      Runnable work = waiting.getAndSet(null);
      if (work != null) {
        committing = Thread.currentThread();
        work.run();
        committing = null;
      }
      return Next.WHEN_WOKEN;
    }

    @Override
    public <T> T call(Supplier<T> work) {
      FutureTask<T> task = new FutureTask<>(work::get);
      waiting.set(task);
      handle.wake();
      return join(task);
    }

    private static <T> T join(FutureTask<T> task) {
      boolean interrupted = false;
      try {
        while (true) {
          try {
            return task.get();
          } catch (InterruptedException e) {
            interrupted = true; // what was begun is answered first
          } catch (ExecutionException e) {
            throw unwrapped(e);
          }
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    private static RuntimeException unwrapped(ExecutionException e) {
      return switch (e.getCause()) {
        case RuntimeException cause -> cause;
        case Error cause -> throw cause;
        case null, default -> new IllegalStateException("a commit throws only unchecked", e);
      };
    }

    @Override
    public boolean isCommitting() {
      return Thread.currentThread().equals(committing);
    }

    @Override
    public void close() {
      handle.cancel();
      try {
        handle.join(JOIN_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
