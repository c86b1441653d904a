package dev.freshet.sql.recursion;

import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.JoinKind;
import dev.freshet.sql.plan.Plan.RecursionKind;
import java.util.Optional;

/**
 * Whether the step of a recursion gives more rows, and takes none away, when the recursion has more
 * rows. Else there may be no smallest answer, or several.
 */
final class Growth {
  private final RecursionKind kind;

  /** The relation that stands for the recursion's rows. */
  private final String recursive;

  private Growth(RecursionKind kind, String recursive) {
    this.kind = kind;
    this.recursive = recursive;
  }

  /** Why the step cannot be applied over and over; empty when it can. */
  static Optional<String> problem(Plan step, RecursionKind kind, String recursive) {
    return new Growth(kind, recursive).problem(step);
  }

  static boolean reads(Plan plan, String relation) {
    return plan instanceof Plan.Scan scan
        ? scan.relation().equals(relation)
        : plan.inputs().stream().anyMatch(input -> reads(input, relation));
  }

  private boolean reads(Plan plan) {
    return reads(plan, recursive);
  }

  private Optional<String> problem(Plan plan) {
    if (!reads(plan)) {
      return Optional.empty();
    }
    Optional<String> own = own(plan);
    return own.isPresent()
        ? own
        : plan.inputs().stream().map(this::problem).flatMap(Optional::stream).findFirst();
  }

  private Optional<String> own(Plan plan) {
    return Optional.ofNullable(
        switch (plan) {
          case Plan.Scan _,
              Plan.Constants _,
              Plan.Recurse _,
              Plan.Arrivals _,
              Plan.NotAhead _,
              Plan.OnTime _,
              Plan.Expire _,
              Plan.Final _,
              Plan.Filter _,
              Plan.Project _,
              Plan.Distinct _,
              Plan.Unnest _,
              Plan.Windows _ ->
              null;
          case Plan.Union union ->
              kind == RecursionKind.ALL && !union.inputs().stream().allMatch(this::reads)
                  ? "A part of what follows does not depend on the rows before, so that it would come"
                      + " again without end. Move it to the first part."
                  : null;
          case Plan.Join join -> join(join);
          case Plan.Aggregate _ ->
              "It aggregates its own rows, which change while they are found. Aggregate in the query"
                  + " that reads it.";
          case Plan.Multiset _ ->
              "EXCEPT ALL or INTERSECT ALL over its own rows has no least answer. Use it in the query"
                  + " that reads it.";
          case Plan.TopN _ ->
              "LIMIT and ROW_NUMBER over its own rows change while they are found. Use them in the"
                  + " query that reads it.";
          case Plan.Sessions _, Plan.Over _ ->
              "Window functions and sessions over its own rows change while they are found. Use them"
                  + " in the query that reads it.";
          case Plan.AsOf _ ->
              "An ASOF join of its own rows is not there yet. Join in the query that reads it.";
          case Plan.Recursion _ ->
              "A recursive query inside of it reads its rows. Write both as one, with a column that"
                  + " tells their rows apart.";
        });
  }

  private @org.jspecify.annotations.Nullable String join(Plan.Join join) {
    if (join.kind() == JoinKind.LEFT && reads(join.right())) {
      return "NOT IN, NOT EXISTS, a sub-query's value or an outer join asks which of its own rows are"
          + " not there, which changes while they are found. Ask in the query that reads it.";
    }
    if (kind == RecursionKind.ALL && reads(join.left()) && reads(join.right())) {
      return "With UNION ALL it may read its own rows once only. Use UNION.";
    }
    return null;
  }
}
