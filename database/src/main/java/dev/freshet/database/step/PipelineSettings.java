package dev.freshet.database.step;

import dev.freshet.core.error.Check;

/**
 * @param stepRowsMax a step takes no further transaction once it has this many rows; a larger
 *     transaction is still one step
 */
public record PipelineSettings(int stepRowsMax) {
  public static final PipelineSettings DEFAULT = new PipelineSettings(50_000);

  public PipelineSettings {
    Check.that(stepRowsMax > 0, "a step takes rows");
  }
}
