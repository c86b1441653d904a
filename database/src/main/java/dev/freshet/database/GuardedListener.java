package dev.freshet.database;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.database.subscribe.ChangeListener;

/** A listener whose mistakes end its own feed and nothing else. */
final class GuardedListener implements ChangeListener {
  private final String relation;
  private final ChangeListener listener;
  private volatile Runnable end = () -> {};
  private volatile boolean started;

  GuardedListener(String relation, ChangeListener listener) {
    this.relation = relation;
    this.listener = listener;
  }

  /** What the subscriber itself sees it throw is its own until here. */
  void startedWith(Runnable endFeed) {
    end = endFeed;
    started = true;
  }

  @Override
  public void onStep(long step, Batch changes) {
    if (!started) {
      listener.onStep(step, changes);
      return;
    }
    try {
      listener.onStep(step, changes);
    } catch (RuntimeException e) {
      end.run();
      onEnd(
          new FreshetException(
              ErrorCode.REQUEST_INVALID,
              "Cannot go on with the feed of "
                  + relation
                  + ": its listener failed at step "
                  + step
                  + " ("
                  + e
                  + "). Subscribe again from a snapshot.",
              e));
    }
  }

  @Override
  public void onEnd(FreshetException why) {
    try {
      listener.onEnd(why);
    } catch (RuntimeException e) {
      why.addSuppressed(e); // it has heard, and there is nobody else to tell
    }
  }
}
