package dev.freshet.sql.optimize;

import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.logical.LogicalJoin;

/**
 * Makes a plain join of a correlation whose right side has nothing of the left: a condition that is
 * never TRUE takes it away, with the sub-query's reference to the outer query in it, and
 * decorrelation then leaves the correlation as it is.
 */
final class UnusedCorrelation {
  private UnusedCorrelation() {}

  static RelNode remove(RelNode root) {
    return root.accept(
        new RelHomogeneousShuttle() {
          @Override
          public RelNode visit(RelNode other) {
            RelNode rel = super.visit(other);
            return rel instanceof Correlate correlate && isUnused(correlate)
                ? LogicalJoin.create(
                    correlate.getLeft(),
                    correlate.getRight(),
                    List.of(),
                    correlate.getCluster().getRexBuilder().makeLiteral(true),
                    Set.of(),
                    correlate.getJoinType())
                : rel;
          }
        });
  }

  private static boolean isUnused(Correlate correlate) {
    return !RelOptUtil.getVariablesUsed(correlate.getRight())
        .contains(correlate.getCorrelationId());
  }
}
