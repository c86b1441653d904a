package dev.freshet.sql.optimize;

import dev.freshet.sql.dialect.FreshetFunctions;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;

/**
 * Hides constants that are grouped by from decorrelation, which leaves them out of the group: a
 * group without columns has a row even over no input, one by a constant has none. Where outer
 * columns are used below, decorrelation adds them to the group.
 *
 * <pre>
 * Aggregate group {0}        becomes    Aggregate group {0}
 *   Project 1                             Project HIDDEN(1)
 * </pre>
 */
final class GroupedConstants {
  private GroupedConstants() {}

  static RelNode hide(RelNode root) {
    return root.accept(
        new RelHomogeneousShuttle() {
          @Override
          public RelNode visit(RelNode other) {
            RelNode rel = super.visit(other);
            return rel instanceof Aggregate aggregate
                    && aggregate.getInput() instanceof Project project
                    && RelOptUtil.getVariablesUsed(aggregate).isEmpty()
                ? aggregate.copy(aggregate.getTraitSet(), List.of(hidden(project, aggregate)))
                : rel;
          }
        });
  }

  private static RelNode hidden(Project project, Aggregate aggregate) {
    List<RexNode> columns = new ArrayList<>(project.getProjects());
    for (int group : aggregate.getGroupSet()) {
      if (columns.get(group) instanceof RexLiteral literal) {
        columns.set(
            group,
            project
                .getCluster()
                .getRexBuilder()
                .makeCall(literal.getType(), FreshetFunctions.HIDDEN, List.of(literal)));
      }
    }
    return project.copy(project.getTraitSet(), project.getInput(), columns, project.getRowType());
  }

  static RelNode show(RelNode root) {
    RexShuttle shown =
        new RexShuttle() {
          @Override
          public RexNode visitCall(RexCall call) {
            return call.getOperator().equals(FreshetFunctions.HIDDEN)
                ? call.getOperands().getFirst()
                : super.visitCall(call);
          }
        };
    return root.accept(
        new RelHomogeneousShuttle() {
          @Override
          public RelNode visit(RelNode other) {
            return super.visit(other).accept(shown);
          }
        });
  }
}
