package dev.freshet.runtime.sink;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Runs work while no step is made. */
public interface BetweenSteps {
  /**
   * Waits until the work is done.
   *
   * @param ended tells that nobody wants it any more
   * @throws dev.freshet.core.error.FreshetException TIMED_OUT when no step is made
   */
  <T> T call(Supplier<T> work, BooleanSupplier ended);
}
