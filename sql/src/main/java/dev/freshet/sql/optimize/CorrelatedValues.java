package dev.freshet.sql.optimize;

import dev.freshet.sql.error.UnsupportedSqlException;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.sql.SqlKind;

/**
 * Refuses IN, ANY and ALL with a sub-query that refers to the outer query, but for {@code WHERE x
 * IN (...)}: elsewhere decorrelation gives NULL instead of the answer over no rows when the outer
 * column is NULL, so that NOT IN loses rows.
 */
final class CorrelatedValues extends RelHomogeneousShuttle {
  private CorrelatedValues() {}

  static void check(RelNode root) {
    root.accept(new CorrelatedValues());
  }

  @Override
  public RelNode visit(RelNode rel) {
    switch (rel) {
      case Project project -> project.getProjects().forEach(CorrelatedValues::refuse);
      case Join join -> refuse(join.getCondition());
      case Filter filter -> {
        for (RexNode conjunct : RelOptUtil.conjunctions(filter.getCondition())) {
          if (!(conjunct instanceof RexSubQuery)) {
            refuse(conjunct);
          }
        }
      }
      default -> {}
    }
    return super.visit(rel);
  }

  private static void refuse(RexNode expression) {
    expression.accept(new Refusal());
  }

  private static final class Refusal extends RexShuttle {
    @Override
    public RexNode visitSubQuery(RexSubQuery query) {
      boolean quantified = query.getKind() == SqlKind.IN || query.getKind() == SqlKind.SOME;
      if (quantified && !RelOptUtil.getVariablesUsed(query.rel).isEmpty()) {
        throw new UnsupportedSqlException(
            "$CORRELATED",
            "Its sub-query refers to the outer query, which is there for WHERE x IN (...) only. Write"
                + " it as [NOT] EXISTS (SELECT ... WHERE inner = outer).");
      }
      return super.visitSubQuery(query);
    }
  }
}
