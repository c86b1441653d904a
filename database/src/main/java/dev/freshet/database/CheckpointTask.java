package dev.freshet.database;

import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.port.Scheduler.Task;
import dev.freshet.database.checkpoint.Checkpoints;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes checkpoints beside the writers. A failure is tried again after the interval. */
final class CheckpointTask implements Task {
  private final Checkpoints checkpoints;
  private final Next afterInterval;
  private volatile @Nullable FreshetException failure;

  CheckpointTask(Checkpoints checkpoints, Duration interval) {
    this.checkpoints = checkpoints;
    this.afterInterval = new Next.After(interval.toNanos());
  }

  @Override
  public Next run() {
    try {
      checkpoints.run();
      failure = null;
    } catch (FreshetException e) {
      failure = e;
    }
    return afterInterval;
  }

  Optional<FreshetException> failure() {
    return Optional.ofNullable(failure);
  }
}
