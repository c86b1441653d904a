package dev.freshet.sql.translate;

import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Does what it can before windows multiply the rows, and keeps out of a session's state what nobody
 * reads.
 *
 * <pre>
 * Project window_start, b          Project window_start, b
 *   Windows of t             to      Windows of t
 *     a, b, t                          Project b, t
 *                                        a, b, t
 *
 * Filter b > 1 AND window_start > x      Filter window_start > x
 *   Windows of t                     to    Windows of t
 *     input                                  Filter b > 1
 *                                              input
 * </pre>
 */
final class NarrowWindows {
  private NarrowWindows() {}

  /** The projection over windows of fewer columns; empty when it reads all of them. */
  static Optional<Plan> project(Plan windows, List<Expression> expressions) {
    int width = windows.inputs().getFirst().schema().columnCount();
    TreeSet<Integer> used = new TreeSet<>();
    expressions.forEach(expression -> Expressions.collectColumns(expression, used));
    TreeSet<Integer> all = new TreeSet<>(used.headSet(width));
    all.addAll(needed(windows));
    if (all.size() == width) {
      return Optional.empty();
    }
    List<Integer> columns = List.copyOf(all);
    return Optional.of(
        PlanBuilder.project(
            narrow(windows, columns),
            expressions.stream()
                .map(expression ->
                    Expressions.mapColumns(
                        expression,
                        column ->
                            column < width
                                ? columns.indexOf(column)
                                : column - width + columns.size()))
                .toList()));
  }

  /** The columns that the windows themselves read. */
  private static List<Integer> needed(Plan windows) {
    List<Integer> needed = new ArrayList<>();
    if (windows instanceof Plan.Sessions sessions) {
      needed.addAll(sessions.partitionColumns());
      needed.add(sessions.timeColumn());
    } else if (windows instanceof Plan.Windows fixed) {
      needed.add(fixed.timeColumn());
    }
    return needed;
  }

  private static Plan narrow(Plan windows, List<Integer> columns) {
    if (windows instanceof Plan.Sessions sessions) {
      return PlanBuilder.sessions(
          select(sessions.input(), columns),
          sessions.partitionColumns().stream().map(columns::indexOf).toList(),
          columns.indexOf(sessions.timeColumn()),
          sessions.gap());
    }
    Plan.Windows fixed = (Plan.Windows) windows;
    return PlanBuilder.windows(
        select(fixed.input(), columns),
        fixed.kind(),
        columns.indexOf(fixed.timeColumn()),
        fixed.step(),
        fixed.size(),
        fixed.offset());
  }

  private static Plan select(Plan input, List<Integer> columns) {
    return PlanBuilder.project(
        input, columns.stream().map(column -> PlanBuilder.column(input, column)).toList());
  }

  /** The filter, with the conditions below that do not ask for the window. */
  static Plan filter(Plan.Windows windows, Expression predicate) {
    int width = windows.input().schema().columnCount();
    List<Expression> below = new ArrayList<>();
    List<Expression> above = new ArrayList<>();
    for (Expression conjunct : Expressions.conjuncts(predicate)) {
      TreeSet<Integer> used = new TreeSet<>();
      Expressions.collectColumns(conjunct, used);
      (used.isEmpty() || used.last() >= width ? above : below).add(conjunct);
    }
    Plan inner =
        below.isEmpty()
            ? windows
            : PlanBuilder.windows(
                PlanBuilder.filter(windows.input(), Expressions.and(below)),
                windows.kind(),
                windows.timeColumn(),
                windows.step(),
                windows.size(),
                windows.offset());
    return above.isEmpty() ? inner : new Plan.Filter(inner, Expressions.and(above));
  }
}
