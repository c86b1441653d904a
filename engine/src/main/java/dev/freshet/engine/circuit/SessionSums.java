package dev.freshet.engine.circuit;

import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.Closing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An aggregation whose groups are the sessions themselves, of sums and counts: a session can be
 * kept as its sums, without its rows, as long as none of them goes.
 *
 * @param sessions whose sessions they are
 * @param group the group's columns among the columns of {@code sessions}
 * @param calls by columns of the input of {@code sessions}
 * @param expired when rows go after they have closed; for views that come out once
 */
record SessionSums(
    Plan.Sessions sessions,
    List<Integer> group,
    List<AggregateCall> calls,
    Optional<Closing> expired) {
  static Optional<SessionSums> of(Plan.Aggregate aggregate) {
    List<Integer> columns = new ArrayList<>();
    for (int c = 0; c < aggregate.input().schema().columnCount(); c++) {
      columns.add(c);
    }
    Optional<Closing> expired = Optional.empty();
    Plan input = aggregate.input();
    while (true) {
      if (input instanceof Plan.Project project && Panes.isSelection(project)) {
        List<Expression> selected = project.expressions();
        columns.replaceAll(c -> ((Expression.ColumnRef) selected.get(c)).index());
        input = project.input();
      } else if (input instanceof Plan.Expire expire && expired.isEmpty()) {
        expired = Optional.of(expire.closing());
        input = expire.input();
      } else {
        break;
      }
    }
    return input instanceof Plan.Sessions sessions
        ? of(aggregate, sessions, columns, expired)
        : Optional.empty();
  }

  private static Optional<SessionSums> of(
      Plan.Aggregate aggregate,
      Plan.Sessions sessions,
      List<Integer> columns,
      Optional<Closing> expired) {
    Schema rows = sessions.input().schema();
    int start = rows.columnCount();
    List<Integer> group = aggregate.groupColumns().stream().map(columns::get).toList();
    List<AggregateCall> calls =
        aggregate.calls().stream().map(call -> Panes.moved(call, columns)).toList();
    boolean isSession =
        (group.contains(start) || group.contains(start + 1))
            && group.containsAll(sessions.partitionColumns())
            && group.stream().allMatch(c -> c >= start || sessions.partitionColumns().contains(c));
    boolean ofRows =
        calls.stream()
            .allMatch(call ->
                call.arguments().stream().allMatch(c -> c < start)
                    && call.filter().stream().allMatch(c -> c < start)
                    && call.notNull().stream().allMatch(c -> c < start));
    boolean closesByEnd =
        expired.isEmpty() || (expired.get().column() == start + 1 && expired.get().width() == 0);
    return isSession
            && ofRows
            && closesByEnd
            && FinalAggregateNode.canForget(rows, sessions.partitionColumns(), calls)
        ? Optional.of(new SessionSums(sessions, group, calls, expired))
        : Optional.empty();
  }

  /** Whether groups that close so are sessions that close when their rows expire. */
  boolean closesWith(Closing closing) {
    int end = sessions.schema().columnCount() - 1;
    return expired.isPresent()
        && closing.width() == 0
        && closing.lag() == expired.get().lag()
        && group.get(closing.column()) == end;
  }
}
