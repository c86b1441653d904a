package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.error.UnsupportedSqlException;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.SortKey;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexFieldCollation;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;

/**
 * The first N rows of each partition.
 *
 * <pre>
 * Filter n &lt;= 3 AND b &gt; 0            becomes    Project a, b, (a placeholder for n)
 *   Project a, b, ROW_NUMBER() OVER ...             Filter b &gt; 0
 *     input                                           TopN partition a, order b, limit 3
 *                                                       Project a, b
 *                                                         input
 * </pre>
 */
final class TopNPattern {
  private static final Expression PLACEHOLDER =
      new Expression.Literal(Simple.BIGINT, Optional.of(RowNumber.PLACEHOLDER));

  private final Project inner;
  private final int numberColumn;
  private final RexOver over;

  private TopNPattern(Project inner, int numberColumn, RexOver over) {
    this.inner = inner;
    this.numberColumn = numberColumn;
    this.over = over;
  }

  /** Stands for a row number; a plan that still has it uses the number, and is refused. */
  private enum RowNumber {
    PLACEHOLDER
  }

  /** The plan of the pattern's filter; empty when it is not there. */
  static Optional<Plan> match(Filter filter, RelToPlan plans, RexToExpression expressions) {
    if (!(filter.getInput() instanceof Project inner) || !inner.containsOver()) {
      return Optional.empty();
    }
    int column = -1;
    for (int i = 0; i < inner.getProjects().size(); i++) {
      if (inner.getProjects().get(i) instanceof RexOver) {
        if (column >= 0) {
          return Optional.empty();
        }
        column = i;
      }
    }
    if (column < 0 || !(inner.getProjects().get(column) instanceof RexOver over)) {
      return Optional.empty();
    }
    return over.getAggOperator().getKind() == SqlKind.ROW_NUMBER
        ? Optional.of(new TopNPattern(inner, column, over).plan(filter, plans, expressions))
        : Optional.empty();
  }

  /**
   * @throws UnsupportedSqlException when the plan uses a row number
   */
  static void checkNumbersUnused(Plan plan) {
    boolean used =
        switch (plan) {
          case Plan.Project project -> project.expressions().stream().anyMatch(TopNPattern::uses);
          case Plan.Filter filter -> uses(filter.predicate());
          case Plan.Join join -> uses(join.residual());
          case Plan.Scan _,
              Plan.Constants _,
              Plan.Union _,
              Plan.Distinct _,
              Plan.Aggregate _,
              Plan.TopN _,
              Plan.Windows _,
              Plan.Sessions _ ->
              false;
        };
    if (used) {
      throw used(
          "The row number may be used in WHERE n <= N only; select the other columns by name.");
    }
    plan.inputs().forEach(TopNPattern::checkNumbersUnused);
  }

  private static boolean uses(Expression expression) {
    boolean[] found = {false};
    Expressions.rewrite(
        expression,
        part -> {
          found[0] |= part.equals(PLACEHOLDER);
          return Optional.empty();
        });
    return found[0];
  }

  private Plan plan(Filter filter, RelToPlan plans, RexToExpression expressions) {
    long first = 1;
    long last = Long.MAX_VALUE;
    List<RexNode> others = new ArrayList<>();
    RexNode condition =
        RexUtil.expandSearch(filter.getCluster().getRexBuilder(), null, filter.getCondition());
    for (RexNode conjunct : RelOptUtil.conjunctions(condition)) {
      Optional<long[]> bounds = bounds(conjunct);
      if (bounds.isPresent()) {
        first = Math.max(first, bounds.get()[0]);
        last = Math.min(last, bounds.get()[1]);
      } else {
        others.add(conjunct);
      }
    }
    if (last == Long.MAX_VALUE) {
      throw used("WHERE n <= N must bound the row number from above.");
    }
    Plan ranked = ranked(plans.convertNode(inner.getInput()), expressions, first, last);
    Expression number = first == last ? Expressions.bigint(first) : PLACEHOLDER;
    List<Expression> columns = new ArrayList<>(PlanBuilder.columns(ranked, 0, width()));
    columns.add(numberColumn, number);
    List<Expression> conditions =
        expressions.convert(others).stream()
            .map(other -> Expressions.replaceColumns(other, columns::get))
            .toList();
    return PlanBuilder.project(PlanBuilder.filter(ranked, Expressions.and(conditions)), columns);
  }

  /** The columns of the inner projection but the number; what only the ranking needs is behind. */
  private int width() {
    return inner.getProjects().size() - 1;
  }

  private Plan ranked(Plan input, RexToExpression expressions, long first, long last) {
    List<Expression> columns = new ArrayList<>();
    for (int i = 0; i < inner.getProjects().size(); i++) {
      if (i != numberColumn) {
        columns.add(expressions.convert(inner.getProjects().get(i)));
      }
    }
    List<Integer> partition = new ArrayList<>();
    for (RexNode key : over.getWindow().partitionKeys) {
      partition.add(position(columns, expressions.convert(key)));
    }
    List<SortKey> order = new ArrayList<>();
    for (RexFieldCollation key : over.getWindow().orderKeys) {
      boolean descending = key.getDirection().isDescending();
      order.add(
          new SortKey(
              position(columns, expressions.convert(key.left)),
              descending ? SortKey.Direction.DESCENDING : SortKey.Direction.ASCENDING,
              nullsFirst(key) ? SortKey.Nulls.FIRST : SortKey.Nulls.LAST));
    }
    return new Plan.TopN(
        PlanBuilder.project(input, columns),
        List.copyOf(new TreeSet<>(partition)),
        List.copyOf(order),
        first - 1,
        Math.max(0, last - first + 1));
  }

  private static boolean nullsFirst(RexFieldCollation key) {
    return switch (key.getNullDirection()) {
      case FIRST -> true;
      case LAST -> false;
      case UNSPECIFIED -> !key.getDirection().isDescending();
    };
  }

  private static int position(List<Expression> columns, Expression expression) {
    int at = columns.indexOf(expression);
    if (at < 0) {
      columns.add(expression);
      at = columns.size() - 1;
    }
    return at;
  }

  /** The range of the row number that a conjunct leaves, if it speaks of nothing else. */
  private Optional<long[]> bounds(RexNode conjunct) {
    if (!(conjunct instanceof RexCall call) || call.getOperands().size() != 2) {
      return Optional.empty();
    }
    RexNode left = RexUtil.removeCast(call.getOperands().get(0));
    RexNode right = RexUtil.removeCast(call.getOperands().get(1));
    boolean reversed = left instanceof RexLiteral;
    RexNode number = reversed ? right : left;
    if (!(number instanceof RexInputRef ref)
        || ref.getIndex() != numberColumn
        || !((reversed ? left : right) instanceof RexLiteral literal)) {
      return Optional.empty();
    }
    BigDecimal value = literal.getValueAs(BigDecimal.class);
    if (value == null || value.stripTrailingZeros().scale() > 0) {
      return Optional.empty();
    }
    long n = value.longValue();
    SqlKind kind = reversed ? call.getKind().reverse() : call.getKind();
    return switch (kind) {
      case EQUALS -> Optional.of(new long[] {n, n});
      case LESS_THAN -> Optional.of(new long[] {1, n - 1});
      case LESS_THAN_OR_EQUAL -> Optional.of(new long[] {1, n});
      case GREATER_THAN -> Optional.of(new long[] {n + 1, Long.MAX_VALUE});
      case GREATER_THAN_OR_EQUAL -> Optional.of(new long[] {n, Long.MAX_VALUE});
      default -> Optional.empty();
    };
  }

  private static UnsupportedSqlException used(String advice) {
    return new UnsupportedSqlException("ROW_NUMBER", advice);
  }
}
