package dev.freshet.runtime.system;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/** Work on a thread of its own, beside the thread that starts a system. */
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
    try {
      return work.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FreshetException(ErrorCode.TIMED_OUT, "Failed to start: it was interrupted.", e);
    }
  }
}
