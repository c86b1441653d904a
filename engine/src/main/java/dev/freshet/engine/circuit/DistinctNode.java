package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.engine.arrangement.Probe;
import java.util.Arrays;
import java.util.List;

/** Each row with a positive weight once: looks up the weights before the step of changed rows. */
final class DistinctNode extends Node {
  private final ArrangeNode arranged;

  /**
   * @param arranged the input by all its columns
   */
  DistinctNode(ArrangeNode arranged) {
    super("distinct", arranged.schema(), List.of(arranged));
    this.arranged = arranged;
  }

  @Override
  Batch evaluate() {
    Batch change = arranged.delta().rows();
    Probe probe = Probe.of(arranged.delta(), arranged.order().key());
    long[] old = KeyRanges.weights(workers(), arranged.before(), probe);
    int[] rows = new int[change.rowCount()];
    long[] weights = new long[change.rowCount()];
    int count = 0;
    for (int i = 0; i < change.rowCount(); i++) {
      boolean was = old[i] > 0;
      boolean is = old[i] + change.weight(i) > 0;
      if (was != is) {
        rows[count] = i;
        weights[count++] = is ? 1 : -1;
      }
    }
    return Rows.gather(change, rows, count).withWeights(Arrays.copyOf(weights, count));
  }

  @Override
  boolean onlyInserts() {
    return input().onlyInserts();
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new DistinctNode((ArrangeNode) otherInputs.getFirst());
  }

  @Override
  public String operator() {
    return "distinct";
  }
}
