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
 * Project a, b                                  Project a, b
 *   Filter n &lt;= 3 AND b &gt; 0          becomes      Filter b &gt; 0
 *     Project a, b, ROW_NUMBER() OVER ...           TopN partition a, order b, limit 3
 *       input                                         Project a, b
 *                                                       input
 * </pre>
 */
final class TopNPattern {
  private final Project inner;
  private final int numberColumn;
  private final RexOver over;

  private TopNPattern(Project inner, int numberColumn, RexOver over) {
    this.inner = inner;
    this.numberColumn = numberColumn;
    this.over = over;
  }

  /** The plan of a projection over the pattern; empty when it is not there. */
  static Optional<Plan> match(Project outer, RelToPlan plans, RexToExpression expressions) {
    if (!(outer.getInput() instanceof Filter filter)
        || !(filter.getInput() instanceof Project inner)
        || !inner.containsOver()) {
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
        ? Optional.of(new TopNPattern(inner, column, over).plan(outer, filter, plans, expressions))
        : Optional.empty();
  }

  private Plan plan(Project outer, Filter filter, RelToPlan plans, RexToExpression expressions) {
    long first = 1;
    long last = Long.MAX_VALUE;
    List<RexNode> others = new ArrayList<>();
    RexNode condition =
        RexUtil.expandSearch(outer.getCluster().getRexBuilder(), null, filter.getCondition());
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
    Plan ranked = ranked(plans.convert(inner.getInput()), expressions, first, last);
    Expression number =
        first == last ? Expressions.bigint(first) : Expressions.nullOf(Simple.BIGINT);
    List<Expression> columns = new ArrayList<>(PlanBuilder.columns(ranked, 0, width()));
    columns.add(numberColumn, number);
    if (first != last) {
      others.forEach(this::checkUnused);
      outer.getProjects().forEach(this::checkUnused);
    }
    Plan numbered = PlanBuilder.project(ranked, columns);
    Plan kept = PlanBuilder.filter(numbered, Expressions.and(expressions.convert(others)));
    return PlanBuilder.project(kept, expressions.convert(outer.getProjects()));
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

  private void checkUnused(RexNode rex) {
    if (RelOptUtil.InputFinder.bits(rex).get(numberColumn)) {
      throw used(
          "The row number may be used in WHERE n <= N only; select the other columns by name.");
    }
  }

  private static UnsupportedSqlException used(String advice) {
    return new UnsupportedSqlException("ROW_NUMBER", advice);
  }
}
