package dev.freshet.sql.optimize;

import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.BiRel;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalAsofJoin;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;

/**
 * An ASOF join that is not a join to the planner's rules: a filter that goes into a join's side
 * would change which row matches, and so would leaving columns out that decide between equal times.
 */
public final class AsOfRows extends BiRel {
  private final boolean keepsLeft;
  private final RexNode condition;
  private final RexNode match;

  private AsOfRows(
      RelNode left,
      RelNode right,
      boolean keepsLeft,
      RexNode condition,
      RexNode match,
      RelDataType type) {
    super(left.getCluster(), left.getTraitSet(), left, right);
    this.keepsLeft = keepsLeft;
    this.condition = condition;
    this.match = match;
    this.rowType = type;
  }

  /** Puts these in place of the planner's own. */
  static RelNode hide(RelNode root) {
    return root.accept(
        new RelHomogeneousShuttle() {
          @Override
          public RelNode visit(LogicalAsofJoin join) {
            return of(join, join.getLeft().accept(this), join.getRight().accept(this));
          }
        });
  }

  private static AsOfRows of(LogicalAsofJoin join, RelNode left, RelNode right) {
    return new AsOfRows(
        left,
        right,
        join.getJoinType() == JoinRelType.LEFT_ASOF,
        join.getCondition(),
        join.getMatchCondition(),
        join.getRowType());
  }

  /** Whether a left row without match stays. */
  public boolean keepsLeft() {
    return keepsLeft;
  }

  /** Equalities over the columns of both sides. */
  public RexNode condition() {
    return condition;
  }

  /** A comparison of one side with the other. */
  public RexNode match() {
    return match;
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new AsOfRows(
        inputs.getFirst(), inputs.getLast(), keepsLeft, condition, match, getRowType());
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer)
        .item("keepsLeft", keepsLeft)
        .item("condition", condition)
        .item("match", match)
        .item("type", getRowType());
  }
}
