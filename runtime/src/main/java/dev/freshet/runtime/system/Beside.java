package dev.freshet.runtime.system;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Work on a thread of its own, beside the thread that starts or stops a system. */
final class Beside<T> {
  private final FutureTask<T> work;

  private Beside(Supplier<T> work) {
    this.work = new FutureTask<>(work::get);
  }

  static <T> Beside<T> start(String name, Supplier<T> work) {
    Beside<T> beside = new Beside<>(work);
    Thread.ofPlatform().name(name).daemon().start(beside.work);
    return beside;
  }

  /**
   * Waits for the result.
   *
   * @throws RuntimeException what the work threw
   */
  T join() {
    return get(work::get);
  }

  /**
   * Waits for the work, but not for ever.
   *
   * @throws RuntimeException what the work threw
   */
  void join(long millis) {
    Optional<T> _ =
        get(() -> {
          try {
            return Optional.of(work.get(millis, TimeUnit.MILLISECONDS));
          } catch (TimeoutException _) {
            return Optional.empty();
          }
        });
  }

  boolean isDone() {
    return work.isDone();
  }

  /** What waits for the work. */
  private interface Wait<R> {
    R get() throws ExecutionException, InterruptedException;
  }

  private static <R> R get(Wait<R> wait) {
    try {
      return wait.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FreshetException(ErrorCode.TIMED_OUT, "Failed to wait: it was interrupted.", e);
    }
  }
}
