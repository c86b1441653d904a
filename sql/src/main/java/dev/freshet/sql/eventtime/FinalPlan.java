package dev.freshet.sql.eventtime;

import dev.freshet.core.type.Watermark;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.error.UnsupportedSqlException;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.PlanInputs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Turns the plan of a view into that of the same view with each row once, when no change can
 * concern it any more.
 *
 * <pre>
 * Project start, start + size, n        Project start, start + size, n
 *   Aggregate by start: n = COUNT(*)  to  Final at start + size
 *     Project start of window of t          Aggregate by start: n = COUNT(*)
 *       Scan                                  Expire at start + size
 *                                               the rows of OnTimeRows
 * </pre>
 *
 * What stands above {@code Final} is computed for rows that came out, once.
 */
public final class FinalPlan {
  private final Map<String, Catalog.Relation> relations = new HashMap<>();
  private final Bounds bounds;

  private FinalPlan(Catalog catalog) {
    catalog.relations().forEach(relation -> relations.put(relation.name(), relation));
    this.bounds = new Bounds(table -> watermark(table).map(Watermark::column));
  }

  private Optional<Watermark> watermark(String table) {
    return Optional.ofNullable(relations.get(table)).flatMap(Catalog.Relation::watermark);
  }

  /**
   * @throws UnsupportedSqlException when it cannot be proven when rows are final
   */
  public static Plan of(Plan plan, Catalog catalog) {
    FinalPlan rewrite = new FinalPlan(catalog);
    Plan inlined = rewrite.inline(plan);
    rewrite.requireWatermarks(inlined);
    return rewrite.top(inlined).orElseThrow(FinalPlan::neverCloses);
  }

  /** Views are put in place of their names, down to the tables. */
  private Plan inline(Plan plan) {
    if (plan instanceof Plan.Scan scan) {
      Catalog.Relation relation = relations.get(scan.relation());
      Optional<Plan> definition = relation == null ? Optional.empty() : relation.definition();
      if (definition.isEmpty()) {
        return scan;
      }
      if (isFinal(definition.get())) {
        throw new UnsupportedSqlException(
            "SELECT",
            scan.relation()
                + " is final itself, and final over final is not there yet. Read the tables below"
                + " it, or leave emit: final out here.");
      }
      return inline(definition.get());
    }
    return PlanInputs.map(plan, this::inline);
  }

  private static boolean isFinal(Plan plan) {
    return plan instanceof Plan.Final || plan.inputs().stream().anyMatch(FinalPlan::isFinal);
  }

  private void requireWatermarks(Plan plan) {
    TreeSet<String> without = new TreeSet<>();
    collectWithout(plan, without);
    if (!without.isEmpty()) {
      throw new UnsupportedSqlException(
          "SELECT",
          "emit: final needs a watermark for each table below it, and "
              + String.join(", ", without)
              + " has none. Declare one: WATERMARK FOR time AS time - INTERVAL '5' SECOND in CREATE"
              + " TABLE, watermark: {column: time, delay: 5s} at the table of a source. Join tables"
              + " without times in a view that reads this one.");
    }
  }

  private void collectWithout(Plan plan, TreeSet<String> without) {
    if (plan instanceof Plan.Scan scan && watermark(scan.relation()).isEmpty()) {
      without.add(scan.relation());
    }
    plan.inputs().forEach(input -> collectWithout(input, without));
  }

  private static UnsupportedSqlException neverCloses() {
    return new UnsupportedSqlException(
        "SELECT",
        "emit: final needs a result of which it is known when it does not change any more. Group by"
            + " window_start and window_end of TUMBLE, HOP, CUMULATE or SESSION over the"
            + " watermark's column, or by that column; join, partition and combine by them too, or"
            + " join rows by a range of time: a.ts BETWEEN b.ts - INTERVAL '1' MINUTE AND b.ts.");
  }

  /**
   * As low as the rows are known to close, for what stands above is computed once then: but not
   * below what keeps state.
   */
  private Optional<Plan> top(Plan plan) {
    if (Bounds.isEmpty(plan)) {
      return Optional.of(empty(plan));
    }
    if (isConstant(plan)) {
      return Optional.of(plan);
    }
    Optional<Plan> below =
        switch (plan) {
          case Plan.Project project ->
              top(project.input())
                  .map(input -> new Plan.Project(input, project.expressions(), project.schema()));
          case Plan.Filter filter ->
              top(filter.input()).map(input -> new Plan.Filter(input, filter.predicate()));
          default -> Optional.empty();
        };
    if (below.isPresent() && !Bounds.isLinear(plan)) {
      return below;
    }
    return here(plan).or(() -> below).or(() -> parts(plan));
  }

  /** Nothing changes what reads no table. */
  private static boolean isConstant(Plan plan) {
    return !(plan instanceof Plan.Scan) && plan.inputs().stream().allMatch(FinalPlan::isConstant);
  }

  /**
   * The parts of a UNION ALL, each with its own column by which it closes: so those of a FULL JOIN,
   * whose rows have the one or the other.
   */
  private Optional<Plan> parts(Plan plan) {
    if (!(plan instanceof Plan.Union union)) {
      return Optional.empty();
    }
    List<Plan> parts = new ArrayList<>();
    for (Plan input : union.inputs()) {
      Optional<Plan> part = top(input);
      if (part.isEmpty()) {
        return Optional.empty();
      }
      parts.add(part.get());
    }
    return Optional.of(new Plan.Union(parts, union.schema()));
  }

  private Optional<Plan> here(Plan plan) {
    Map<Integer, Bound> found = bounds.of(plan);
    return found.entrySet().stream()
        .max(Comparator.comparing(entry -> entry.getValue().kind()))
        .map(entry -> {
          int column = entry.getKey();
          Bound bound = entry.getValue();
          Plan rows =
              Bounds.isLinear(plan) ? onTime(plan, column, bound) : withoutLate(plan, column);
          return new Plan.Final(rows, bound.closing(column), bound.spread());
        });
  }

  /** The plan over rows that came in time and go when they have closed. */
  private Plan withoutLate(Plan plan, int column) {
    if (Bounds.isEmpty(plan)) {
      return empty(plan);
    }
    if (Bounds.isLinear(plan)) {
      Bound bound = bound(plan, column);
      return new Plan.Expire(onTime(plan, column, bound), bound.closing(column), bound.spread());
    }
    return switch (plan) {
      case Plan.Sessions sessions -> sessions(sessions);
      case Plan.Project project ->
          new Plan.Project(
              withoutLate(
                  project.input(), Bounds.source(project.expressions().get(column)).orElseThrow()),
              project.expressions(),
              project.schema());
      case Plan.Aggregate aggregate ->
          new Plan.Aggregate(
              withoutLate(aggregate.input(), aggregate.groupColumns().get(column)),
              aggregate.groupColumns(),
              aggregate.calls(),
              aggregate.schema());
      case Plan.Join join -> join(join, column);
      default -> PlanInputs.map(plan, input -> withoutLate(input, column));
    };
  }

  private static Plan empty(Plan plan) {
    return new Plan.Constants(plan.schema(), List.of());
  }

  private Plan onTime(Plan linear, int column, Bound bound) {
    return OnTimeRows.of(linear, column, bound, this::watermark);
  }

  private Bound bound(Plan plan, int column) {
    Bound bound = bounds.of(plan).get(column);
    if (bound == null) {
      throw neverCloses();
    }
    return bound;
  }

  private Plan sessions(Plan.Sessions sessions) {
    int end = sessions.schema().columnCount() - 1;
    Bound bound = bound(sessions, end);
    int time = sessions.timeColumn();
    Plan rows = onTime(sessions.input(), time, bound(sessions.input(), time));
    Plan onTime =
        new Plan.Sessions(
            rows, sessions.partitionColumns(), time, sessions.gap(), sessions.schema());
    return new Plan.Expire(onTime, bound.closing(end), bound.spread());
  }

  private Plan join(Plan.Join join, int column) {
    int width = join.left().schema().columnCount();
    Map<Integer, Bound> left = bounds.of(join.left());
    Map<Integer, Bound> right = bounds.of(join.right());
    List<Integer> keys = new ArrayList<>();
    for (int k = 0; k < join.leftKeys().size(); k++) {
      int leftKey = join.leftKeys().get(k);
      int rightKey = join.rightKeys().get(k);
      Bound bound = left.get(leftKey);
      Bound other = right.get(rightKey);
      boolean asked = column < width ? leftKey == column : rightKey == column - width;
      if (asked && bound != null && other != null && bound.isAlike(other)) {
        keys.add(k);
      }
    }
    Optional<IntervalJoin> range = keys.isEmpty() ? bounds.range(join) : Optional.empty();
    if (range.isPresent()) {
      return join(
          join,
          until(join.left(), range.get().leftTime(), range.get().leftLag()),
          until(join.right(), range.get().rightTime(), range.get().rightLag()));
    }
    if (keys.isEmpty()) {
      return join(join, withoutLate(join.left(), column), join.right());
    }
    int key = keys.getFirst();
    return join(
        join,
        withoutLate(join.left(), join.leftKeys().get(key)),
        withoutLate(join.right(), join.rightKeys().get(key)));
  }

  /** Rows that came in time, until so long after their time. */
  private Plan until(Plan linear, int time, long lag) {
    Bound bound = bound(linear, time);
    return new Plan.Expire(
        onTime(linear, time, bound), Plan.Closing.after(time, lag), bound.spread());
  }

  private static Plan.Join join(Plan.Join join, Plan left, Plan right) {
    return new Plan.Join(
        left,
        right,
        join.kind(),
        join.leftKeys(),
        join.rightKeys(),
        join.residual(),
        join.schema());
  }
}
