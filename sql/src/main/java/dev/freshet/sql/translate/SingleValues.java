package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.Call;
import dev.freshet.sql.plan.Expression.Case;
import dev.freshet.sql.plan.Expression.Cast;
import dev.freshet.sql.plan.Expression.ColumnRef;
import dev.freshet.sql.plan.Function;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The values of sub-queries. That there is one row only is asked above the join, so that the row
 * which needs the value fails, and not the group that has no single one: else the outer join would
 * go on with NULL.
 *
 * <pre>
 * Join LEFT                              Project ..., CASE WHEN ONE_ROW(n) THEN v END
 *   outer                                  Join LEFT
 *   Project k, CASE WHEN ONE_ROW(n) ...      outer
 *     Aggregate by k: v, n                   Aggregate by k: v, n
 * </pre>
 */
final class SingleValues {
  private SingleValues() {}

  /** The value if there is one row; NULL if there is none; else it fails. */
  static Expression of(Expression value, Expression rows) {
    return Expressions.choose(
        new Call(Function.ONE_ROW, List.of(rows), Simple.BOOLEAN),
        value,
        Expressions.nullOf(value.type()));
  }

  private static boolean isSingle(Expression expression) {
    return switch (expression) {
      case Cast cast -> isSingle(cast.operand());
      case Case choice ->
          choice.branches().getFirst().condition() instanceof Call call
              && call.function() == Function.ONE_ROW;
      default -> false;
    };
  }

  /** A side of a join without single values, and how to get its columns above the join. */
  record Deferred(Plan side, List<Expression> columns) {}

  /**
   * @param used the side's columns that the join itself needs
   */
  static Optional<Deferred> defer(Plan side, Set<Integer> used) {
    if (!(side instanceof Plan.Project project)
        || project.expressions().stream().noneMatch(SingleValues::isSingle)) {
      return Optional.empty();
    }
    List<Expression> below = new ArrayList<>();
    List<Expression> above = new ArrayList<>();
    for (int i = 0; i < project.expressions().size(); i++) {
      Expression column = project.expressions().get(i);
      if (!isSingle(column)) {
        above.add(new ColumnRef(below.size(), column.type()));
        below.add(column);
      } else if (used.contains(i)) {
        return Optional.empty();
      } else {
        above.add(
            Expressions.replaceColumns(
                column, index -> raw(PlanBuilder.column(project.input(), index), below)));
      }
    }
    return Optional.of(new Deferred(PlanBuilder.project(project.input(), below), above));
  }

  private static Expression raw(Expression column, List<Expression> below) {
    int at = below.indexOf(column);
    if (at < 0) {
      below.add(column);
      at = below.size() - 1;
    }
    return new ColumnRef(at, column.type());
  }

  /** The join with the single values above it. */
  static Plan join(Plan left, Plan right, Plan.JoinKind kind, Expression condition) {
    int width = left.schema().columnCount();
    Set<Integer> used = new TreeSet<>();
    TreeSet<Integer> all = new TreeSet<>();
    Expressions.collectColumns(condition, all);
    all.tailSet(width).forEach(column -> used.add(column - width));
    Optional<Deferred> deferred = defer(right, used);
    if (deferred.isEmpty()) {
      return Joins.join(left, right, kind, condition);
    }
    List<Expression> columns = deferred.get().columns();
    Expression moved =
        Expressions.mapColumns(
            condition,
            index ->
                index < width ? index : width + ((ColumnRef) columns.get(index - width)).index());
    Plan joined = Joins.join(left, deferred.get().side(), kind, moved);
    List<Expression> output = new ArrayList<>(PlanBuilder.columns(joined, 0, width));
    for (Expression column : columns) {
      output.add(Expressions.mapColumns(column, index -> width + index));
    }
    return PlanBuilder.project(joined, output);
  }
}
