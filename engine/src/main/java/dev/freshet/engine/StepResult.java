package dev.freshet.engine;

import java.util.List;
import java.util.Optional;

/**
 * What one step did.
 *
 * @param step the step's number
 * @param processingMicros the step's processing time, microseconds since the epoch
 * @param deltas the relations that changed in this step, tables first, then views in the order of
 *     their creation; a relation without change is left out. What a view had when it was created is
 *     no change: {@link Engine#snapshot} shows it
 * @param nanos how long the step took, {@link Engine#apply} left out
 */
public record StepResult(long step, long processingMicros, List<RelationDelta> deltas, long nanos) {
  public StepResult {
    deltas = List.copyOf(deltas);
  }

  /** The change of one relation; empty when it did not change. */
  public Optional<RelationDelta> delta(String relation) {
    return deltas.stream().filter(delta -> delta.relation().equals(relation)).findFirst();
  }
}
