package dev.freshet.database.subscribe;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.error.FreshetException;

/**
 * Takes the changes of one relation, step by step, in order, on the thread that makes steps. Must
 * be quick and never throw.
 */
@FunctionalInterface
public interface ChangeListener {
  /**
   * @param step the step's number
   * @param changes consolidated rows: -1 deleted, +1 inserted; empty when the relation did not
   *     change
   */
  void onStep(long step, Batch changes);

  /**
   * The feed has ended, and not because its {@link Subscriptions.Subscription} was closed: the
   * relation was dropped, say.
   */
  default void onEnd(FreshetException why) {}
}
