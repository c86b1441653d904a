package dev.freshet.database.checkpoint;

import dev.freshet.core.error.Check;
import java.time.Duration;

/**
 * How often the engine's state is saved.
 *
 * @param interval between two checkpoints while there are changes, at least
 * @param keep how many checkpoints are kept: when the newest is damaged, a start takes the one
 *     before, and reads more of the log, which keeps what that needs
 */
public record CheckpointSettings(Duration interval, int keep) {
  public static final int KEEP_DEFAULT = 2;
  public static final int KEEP_MAX = 100;

  public CheckpointSettings {
    Check.that(!interval.isNegative(), "an interval is not negative");
    Check.that(keep >= 1 && keep <= KEEP_MAX, "checkpoints to keep", keep, KEEP_MAX);
  }
}
