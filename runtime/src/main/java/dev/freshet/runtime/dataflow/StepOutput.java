package dev.freshet.runtime.dataflow;

import dev.freshet.database.step.StepListener;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * An output beside the lake that holds by itself, durably, what it has still to give on. Its steps
 * go on after a crash where it has them, and no checkpoint gets ahead of it.
 */
public interface StepOutput extends StepListener {
  /**
   * The last step that it holds durably: a step is made to end there, those up to it are not told
   * again to anyone's harm, and all behind it are told. Empty when it takes the steps as they come.
   * Asked once, before steps are made.
   *
   * @param absent models that are computed later, beside the steps: what it holds of them does not
   *     go on there
   * @param since the position in the input from which on each model is there whose rows depend on
   *     that
   * @param stepMin steps from this one on are made: what is missing before it cannot be had again
   * @param stepMax the last step that can have been made; what is of a later one is of other input
   */
  OptionalLong resume(Set<String> absent, Map<String, Long> since, long stepMin, long stepMax);

  /**
   * A checkpoint of this step or an earlier one may be written; {@code Long.MAX_VALUE} for any.
   * From any thread.
   */
  long durableStep();

  /** Makes durable what it was told of; for a clean stop, when no steps are made. */
  void flush();
}
