package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Probe;
import dev.freshet.sql.plan.Plan.MultisetKind;
import java.util.Arrays;
import java.util.List;

/**
 * INTERSECT ALL and EXCEPT ALL: for each row that changed on either side, its weight out of both
 * weights, before and after the step.
 */
final class MultisetNode extends Node {
  private final ArrangeNode left;
  private final ArrangeNode right;
  private final MultisetKind kind;

  /**
   * @param left by all its columns, as {@code right} is
   */
  MultisetNode(ArrangeNode left, ArrangeNode right, MultisetKind kind, Schema schema) {
    super("multiset " + kind, schema, List.of(left, right));
    this.left = left;
    this.right = right;
    this.kind = kind;
  }

  @Override
  Batch evaluate() {
    Batch changed =
        Rows.concat(
            schema(),
            List.of(
                left.delta().rows().withSchema(schema()),
                right.delta().rows().withSchema(schema())));
    Probe probe = Probe.of(changed, left.order().key()).distinct();
    long[] oldLeft = KeyRanges.weights(workers(), left.before(), probe);
    long[] oldRight = KeyRanges.weights(workers(), right.before(), probe);
    long[] newLeft = KeyRanges.weights(workers(), left.after(), probe);
    long[] newRight = KeyRanges.weights(workers(), right.after(), probe);
    int[] rows = new int[probe.count()];
    long[] weights = new long[probe.count()];
    int count = 0;
    for (int i = 0; i < probe.count(); i++) {
      long change = weight(newLeft[i], newRight[i]) - weight(oldLeft[i], oldRight[i]);
      if (change != 0) {
        rows[count] = probe.row(i);
        weights[count++] = change;
      }
    }
    return Rows.gather(changed, rows, count).withWeights(Arrays.copyOf(weights, count));
  }

  private long weight(long leftWeight, long rightWeight) {
    return switch (kind) {
      case INTERSECT -> Math.max(0, Math.min(leftWeight, rightWeight));
      case EXCEPT -> Math.max(0, leftWeight - Math.max(0, rightWeight));
    };
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new MultisetNode(
        (ArrangeNode) otherInputs.get(0), (ArrangeNode) otherInputs.get(1), kind, schema());
  }

  @Override
  public String operator() {
    return kind == MultisetKind.INTERSECT ? "intersect all" : "except all";
  }
}
