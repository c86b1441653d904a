package dev.freshet.runtime.sink;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.database.step.Pipeline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Runs work on the thread that makes steps, between two of them.
 *
 * @param wake wakes the thread that makes steps
 */
record StepThread(Pipeline pipeline, Runnable wake) implements BetweenSteps {
  private static final long LOOK_MILLIS = 100;
  private static final int LOOKS_MAX = 300;

  @Override
  public <T> T call(Supplier<T> work, BooleanSupplier ended) {
    CompletableFuture<T> result = pipeline.between(work);
    wake.run();
    try {
      for (int look = 0; look < LOOKS_MAX && !ended.getAsBoolean(); look++) {
        try {
          return result.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
          // whether anybody still waits is looked at
        }
      }
      throw new FreshetException(
          ErrorCode.TIMED_OUT, "Cannot read the content for a sink: no step is made.");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FreshetException(
          ErrorCode.NOT_RUNNING, "Cannot read the content for a sink: it was interrupted.", e);
    }
  }
}
