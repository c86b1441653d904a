package dev.freshet.runtime.reconcile;

import dev.freshet.core.error.FreshetException;
import dev.freshet.engine.Snapshot;

/** What is held. */
@FunctionalInterface
public interface States {
  /**
   * A state with all that stands in the log now. Blocks until it is there.
   *
   * @throws FreshetException when that takes too long
   */
  Snapshot applied();
}
