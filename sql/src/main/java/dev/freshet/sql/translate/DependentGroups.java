package dev.freshet.sql.translate;

import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.Call;
import dev.freshet.sql.plan.Expression.ColumnRef;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Groups by fewer columns: one that is computed from another group column alone is computed after.
 * The state's keys get shorter, and the key of the result too.
 *
 * <pre>
 * Aggregate by window_start, window_end: SUM(x)
 *   Project window_start = f(t), window_end = f(t) + 60000000, x
 *
 * Project window_start, window_end = window_start + 60000000, sum
 *   Aggregate by window_start: SUM(x)
 *     Project window_start = f(t), window_end = f(t) + 60000000, x
 * </pre>
 */
final class DependentGroups {
  private DependentGroups() {}

  /**
   * @param aggregate makes the aggregate by the group columns that it is given
   */
  static Plan reduce(Plan input, List<Integer> groups, Function<List<Integer>, Plan> aggregate) {
    if (!(input instanceof Plan.Project project)) {
      return aggregate.apply(groups);
    }
    List<Integer> kept = new ArrayList<>(groups);
    List<Optional<Expression>> computed = new ArrayList<>();
    for (int group : groups) {
      List<Integer> others = new ArrayList<>(kept);
      others.remove((Object) group);
      Optional<Expression> expression = dependent(project, group, others);
      if (expression.isPresent()) {
        kept = others;
      }
      computed.add(expression);
    }
    Plan reduced = aggregate.apply(kept);
    return kept.size() == groups.size() ? reduced : restored(reduced, groups, kept, computed);
  }

  /** The group column over the input's columns, of which it uses only {@code others}. */
  private static Optional<Expression> dependent(
      Plan.Project project, int group, List<Integer> others) {
    Expression expression = project.expressions().get(group);
    TreeSet<Integer> before = new TreeSet<>();
    Expressions.collectColumns(expression, before);
    if (before.isEmpty() || expression instanceof ColumnRef) {
      return Optional.empty();
    }
    // Replaced columns are numbered from past the input's, to tell them from what is left.
    int shift = project.input().schema().columnCount();
    Expression replaced =
        Expressions.rewrite(
            expression,
            part -> {
              for (int other : others) {
                if (project.expressions().get(other).equals(part)) {
                  return Optional.of(new ColumnRef(shift + other, part.type()));
                }
              }
              return Optional.empty();
            });
    TreeSet<Integer> after = new TreeSet<>();
    Expressions.collectColumns(replaced, after);
    return after.first() >= shift && !hasWindow(replaced)
        ? Optional.of(Expressions.mapColumns(replaced, index -> index - shift))
        : Optional.empty();
  }

  /** A window that is computed of a group's own time stays: a final view's rows close by it. */
  private static boolean hasWindow(Expression expression) {
    return expression instanceof Call call
        && ((call.function() == dev.freshet.sql.plan.Function.TUMBLE_START
                && !(call.arguments().getFirst() instanceof Call))
            || call.arguments().stream().anyMatch(DependentGroups::hasWindow));
  }

  /** The group columns in their first order, the aggregates behind. */
  private static Plan restored(
      Plan reduced, List<Integer> groups, List<Integer> kept, List<Optional<Expression>> computed) {
    List<Expression> output = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      output.add(
          computed.get(i).isPresent()
              ? position(computed.get(i).get(), reduced, kept, groups, computed)
              : PlanBuilder.column(reduced, kept.indexOf(groups.get(i))));
    }
    int width = reduced.schema().columnCount();
    output.addAll(PlanBuilder.columns(reduced, kept.size(), width));
    return PlanBuilder.project(reduced, output);
  }

  /** A dependent column may use one that turned out dependent later: followed down to the kept. */
  private static Expression position(
      Expression expression,
      Plan reduced,
      List<Integer> kept,
      List<Integer> groups,
      List<Optional<Expression>> computed) {
    return Expressions.replaceColumns(
        expression,
        index -> {
          int at = kept.indexOf(index);
          if (at >= 0) {
            return PlanBuilder.column(reduced, at);
          }
          Expression inner = computed.get(groups.indexOf(index)).orElseThrow();
          return position(inner, reduced, kept, groups, computed);
        });
  }
}
