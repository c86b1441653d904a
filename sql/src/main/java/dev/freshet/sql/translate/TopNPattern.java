package dev.freshet.sql.translate;

import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.SortKey;
import dev.freshet.sql.plan.WindowCall;
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
import org.apache.calcite.util.ImmutableBitSet;

/**
 * The first N rows of each partition.
 *
 * <pre>
 * Filter n &lt;= 3 AND b &gt; 0            becomes    Filter b &gt; 0
 *   Project a, b, ROW_NUMBER() OVER ...             TopN partition a, order b, limit 3
 *     input                                           Project a, b
 *                                                       input
 * </pre>
 *
 * <p>When the number is used elsewhere too, a window over the TopN counts the few rows that are
 * left.
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

  /**
   * The plan of the pattern's filter; empty when it is not there.
   *
   * @param used the filter's columns that are used above it
   */
  static Optional<Plan> match(
      Filter filter, ImmutableBitSet used, RelToPlan plans, RexToExpression expressions) {
    if (!(filter.getInput() instanceof Project inner) || !inner.containsOver()) {
      return Optional.empty();
    }
    int column = -1;
    for (int i = 0; i < inner.getProjects().size(); i++) {
      if (RexOver.containsOver(inner.getProjects().get(i))) {
        if (column >= 0) {
          return Optional.empty();
        }
        column = i;
      }
    }
    if (column < 0
        || !(inner.getProjects().get(column) instanceof RexOver over)
        || over.getAggOperator().getKind() != SqlKind.ROW_NUMBER) {
      return Optional.empty();
    }
    return new TopNPattern(inner, column, over).plan(filter, used, plans, expressions);
  }

  private Optional<Plan> plan(
      Filter filter, ImmutableBitSet used, RelToPlan plans, RexToExpression expressions) {
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
      return Optional.empty();
    }
    boolean numbered =
        first < last
            && (used.get(numberColumn)
                || RelOptUtil.InputFinder.bits(others, null).get(numberColumn));
    Plan input = plans.convertNode(inner.getInput());
    Plan ranked = ranked(input, expressions, first, last, numbered ? Numbers.KEPT : Numbers.CUT);
    List<Expression> columns = new ArrayList<>(PlanBuilder.columns(ranked, 0, width()));
    columns.add(
        numberColumn,
        numbered
            ? PlanBuilder.column(ranked, ranked.schema().columnCount() - 1)
            : Expressions.bigint(first));
    List<Expression> conditions =
        expressions.convert(others).stream()
            .map(other -> Expressions.replaceColumns(other, columns::get))
            .toList();
    return Optional.of(
        PlanBuilder.project(PlanBuilder.filter(ranked, Expressions.and(conditions)), columns));
  }

  /** Whether the row number is among the columns, as the last one. */
  private enum Numbers {
    CUT,
    KEPT
  }

  /** The columns of the inner projection but the number; what only the ranking needs is behind. */
  private int width() {
    return inner.getProjects().size() - 1;
  }

  private Plan ranked(
      Plan input, RexToExpression expressions, long first, long last, Numbers numbers) {
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
      order.add(OverCalls.sortKey(key, position(columns, expressions.convert(key.left))));
    }
    Plan rows = PlanBuilder.project(input, columns);
    List<Integer> per = List.copyOf(new TreeSet<>(partition));
    List<SortKey> by = List.copyOf(order);
    if (numbers == Numbers.CUT) {
      return new Plan.TopN(rows, per, by, first - 1, Math.max(0, last - first + 1));
    }
    Plan top = new Plan.TopN(rows, per, by, 0, last);
    WindowCall number = new WindowCall.Rank(WindowCall.Ranking.ROW_NUMBER);
    Plan numbered = PlanBuilder.window(top, per, by, List.of(number));
    Expression n = PlanBuilder.column(numbered, numbered.schema().columnCount() - 1);
    Expression wanted =
        first == 1
            ? Expression.TRUE
            : Expressions.predicate(Function.GREATER_OR_EQUAL, n, Expressions.bigint(first));
    return PlanBuilder.filter(numbered, wanted);
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
}
