package dev.freshet.database.step;

import dev.freshet.core.error.Check;
import java.time.Duration;

/**
 * @param stepRowsMax a step takes no further transaction once it has this many rows; a larger
 *     transaction is still one step
 * @param stepTimeWanted how long a step should take at most: when much waits, steps grow until they
 *     take this long, so that readers see progress
 */
public record PipelineSettings(int stepRowsMax, Duration stepTimeWanted) {
  public static final PipelineSettings DEFAULT =
      new PipelineSettings(50_000, Duration.ofMillis(250));

  public PipelineSettings {
    Check.that(stepRowsMax > 0, "a step takes rows");
    Check.that(stepTimeWanted.toNanos() > 0, "a step takes time");
  }
}
