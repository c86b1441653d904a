package dev.freshet.sql.optimize;

import dev.freshet.sql.error.UnsupportedSqlException;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.sql.SqlKind;

/**
 * Refuses IN, ANY and ALL with a sub-query that refers to the outer query where its answer is a
 * value: decorrelation gives NULL instead of the answer over no rows when the outer column is NULL.
 */
final class CorrelatedValues extends RelHomogeneousShuttle {
  private CorrelatedValues() {}

  static void check(RelNode root) {
    root.accept(new CorrelatedValues());
  }

  @Override
  public RelNode visit(RelNode rel) {
    if (rel instanceof Project project) {
      for (RexNode expression : project.getProjects()) {
        expression.accept(new Refusal());
      }
    }
    return super.visit(rel);
  }

  private static final class Refusal extends RexShuttle {
    @Override
    public RexNode visitSubQuery(RexSubQuery query) {
      boolean quantified = query.getKind() == SqlKind.IN || query.getKind() == SqlKind.SOME;
      if (quantified && !RelOptUtil.getVariablesUsed(query.rel).isEmpty()) {
        throw new UnsupportedSqlException(
            "$CORRELATED",
            "Its answer is used as a value, and its sub-query refers to the outer query. Write it as"
                + " EXISTS (SELECT ... WHERE inner = outer), or move it to WHERE.");
      }
      return super.visitSubQuery(query);
    }
  }
}
