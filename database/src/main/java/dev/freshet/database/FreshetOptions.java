package dev.freshet.database;

import dev.freshet.core.error.Check;
import java.time.Duration;

/**
 * How a database behaves.
 *
 * @param checkpointInterval how much time may pass between two checkpoints while there are changes;
 *     a restart reads the log from the last one on
 * @param writeWait how long a write waits for the writers before it; then it fails with {@code
 *     TIMED_OUT}
 * @param logRetention how long the log keeps changes that a restart does not need any more
 */
public record FreshetOptions(
    Duration checkpointInterval, Duration writeWait, Duration logRetention) {
  /** A checkpoint every 10 seconds, 30 seconds for the writers before, no more log than needed. */
  public static final FreshetOptions DEFAULT =
      new FreshetOptions(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ZERO);

  public FreshetOptions {
    Check.that(checkpointInterval.isPositive(), "a checkpoint interval is positive");
    Check.that(!writeWait.isNegative(), "a wait is not negative");
    Check.that(!logRetention.isNegative(), "retention is not negative");
  }

  public FreshetOptions withCheckpointInterval(Duration interval) {
    return new FreshetOptions(interval, writeWait, logRetention);
  }

  public FreshetOptions withWriteWait(Duration wait) {
    return new FreshetOptions(checkpointInterval, wait, logRetention);
  }

  public FreshetOptions withLogRetention(Duration retention) {
    return new FreshetOptions(checkpointInterval, writeWait, retention);
  }
}
