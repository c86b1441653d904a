package dev.freshet.sql.eventtime;

import dev.freshet.sql.plan.Plan;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds in a plan what grows without end as rows come, and says what would bound it. */
public final class UnboundedState {
  private final Set<String> warnings = new LinkedHashSet<>();

  private UnboundedState() {}

  /** A sentence for each such place; most plans have none. */
  public static List<String> warnings(Plan plan) {
    UnboundedState found = new UnboundedState();
    found.visit(plan);
    return List.copyOf(found.warnings);
  }

  private void visit(Plan plan) {
    plan.inputs().forEach(this::visit);
    switch (plan) {
      case Plan.Join join
          when join.leftKeys().isEmpty() && !isBounded(join.left()) && !isBounded(join.right()) ->
          warnings.add(
              "The join of "
                  + names(join.left())
                  + " and "
                  + names(join.right())
                  + " has no equality: each row is compared with every row of the other side, and"
                  + " the work grows with the product of both. Add one, such as ON a.key = b.key,"
                  + " or join windows of time ON a.window_start = b.window_start AND a.window_end ="
                  + " b.window_end.");
      case Plan.Sessions sessions when sessions.partitionColumns().isEmpty() ->
          warnings.add(
              "SESSION over "
                  + names(sessions.input())
                  + " has no PARTITION BY: while rows come more often than the gap it is one"
                  + " session that never closes, and each row changes all of it. Add PARTITION BY"
                  + " with what a session belongs to, or use TUMBLE or HOP, whose windows end.");
      default -> {}
    }
  }

  /** Whether the plan has only so many rows, however many come in. */
  private static boolean isBounded(Plan plan) {
    return switch (plan) {
      case Plan.Constants _ -> true;
      case Plan.Aggregate aggregate ->
          aggregate.groupColumns().isEmpty() || isBounded(aggregate.input());
      case Plan.TopN top ->
          (top.partitionColumns().isEmpty() && top.limit() != Plan.TopN.NO_LIMIT)
              || isBounded(top.input());
      case Plan.AsOf join -> isBounded(join.left());
      case Plan.Filter _,
          Plan.Project _,
          Plan.Union _,
          Plan.Distinct _,
          Plan.Multiset _,
          Plan.Join _,
          Plan.Windows _,
          Plan.Sessions _,
          Plan.Over _,
          Plan.NotAhead _,
          Plan.OnTime _,
          Plan.Expire _,
          Plan.Final _ ->
          plan.inputs().stream().allMatch(UnboundedState::isBounded);
      case Plan.Scan _, Plan.Arrivals _, Plan.Unnest _ -> false;
      case Plan.Recursion _, Plan.Recurse _ -> false;
    };
  }

  private static String names(Plan plan) {
    Set<String> names = new TreeSet<>();
    collect(plan, names);
    return String.join(", ", names);
  }

  private static void collect(Plan plan, Set<String> names) {
    if (plan instanceof Plan.Scan scan) {
      names.add(scan.relation());
    }
    if (plan instanceof Plan.Arrivals arrivals) {
      names.add(arrivals.relation());
    }
    plan.inputs().forEach(input -> collect(input, names));
  }
}
