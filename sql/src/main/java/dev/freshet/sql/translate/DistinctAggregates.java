package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.AggregateCall.Quantifier;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.JoinKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Aggregates over distinct values as plain aggregates over distinct rows, joined by group.
 *
 * <pre>
 * Aggregate group g: COUNT(DISTINCT a), SUM(b)
 *
 * Join on g, null-safe
 *   Aggregate group g: SUM(b)
 *   Aggregate group g: COUNT(a)
 *     Distinct
 *       Project g, a
 * </pre>
 */
final class DistinctAggregates {
  /** Calls that share the rows they run over. */
  private record Source(List<Integer> arguments, OptionalInt filter) {}

  private DistinctAggregates() {}

  /** Calls that read the values in order leave out repeats by themselves. */
  static boolean isRewritten(AggregateCall call) {
    return call.quantifier() == Quantifier.DISTINCT && !call.function().isOrdered();
  }

  static Plan expand(Plan input, List<Integer> groups, List<AggregateCall> calls) {
    Map<Source, List<AggregateCall>> bySource = new LinkedHashMap<>();
    List<AggregateCall> plain = new ArrayList<>();
    for (AggregateCall call : calls) {
      if (!isRewritten(call)) {
        plain.add(call);
      } else {
        bySource
            .computeIfAbsent(new Source(call.arguments(), call.filter()), _ -> new ArrayList<>())
            .add(call);
      }
    }
    List<Plan> parts = new ArrayList<>();
    // A part without filter has the same groups as the first, so that an inner join loses none.
    List<JoinKind> kinds = new ArrayList<>();
    Map<AggregateCall, Integer> positions = new LinkedHashMap<>();
    int width = 0;
    // A part with all groups comes first. A distinct source has them all unless it has a filter.
    boolean filtered = calls.stream().anyMatch(call -> call.filter().isPresent());
    if (!plain.isEmpty() || (filtered && !groups.isEmpty())) {
      parts.add(
          plain.isEmpty()
              ? new Plan.Distinct(PlanBuilder.project(input, columns(input, groups)))
              : PlanBuilder.aggregate(input, groups, plain));
      kinds.add(JoinKind.INNER);
      width = place(plain, groups.size(), width, positions);
    }
    for (Map.Entry<Source, List<AggregateCall>> entry : bySource.entrySet()) {
      parts.add(aggregate(input, groups, entry.getKey(), entry.getValue()));
      boolean all = groups.isEmpty() || entry.getKey().filter().isEmpty();
      kinds.add(all ? JoinKind.INNER : JoinKind.LEFT);
      width = place(entry.getValue(), groups.size(), width, positions);
    }
    return combine(parts, kinds, groups.size(), calls, positions);
  }

  /** Notes where the calls of a part will stand in the join; the new width of the join. */
  private static int place(
      List<AggregateCall> calls, int groupCount, int width, Map<AggregateCall, Integer> positions) {
    int at = width + groupCount;
    for (AggregateCall call : calls) {
      positions.put(call, at++);
    }
    return at;
  }

  private static Plan combine(
      List<Plan> parts,
      List<JoinKind> kinds,
      int groupCount,
      List<AggregateCall> calls,
      Map<AggregateCall, Integer> positions) {
    Plan joined = parts.getFirst();
    for (int i = 1; i < parts.size(); i++) {
      joined = joinOnGroups(joined, parts.get(i), kinds.get(i), groupCount);
    }
    List<Expression> output = new ArrayList<>(PlanBuilder.columns(joined, 0, groupCount));
    for (AggregateCall call : calls) {
      output.add(value(joined, positions.getOrDefault(call, -1), call));
    }
    return PlanBuilder.project(joined, output);
  }

  private static List<Expression> columns(Plan input, List<Integer> indexes) {
    return new ArrayList<>(
        indexes.stream().map(index -> PlanBuilder.column(input, index)).toList());
  }

  /** The column of a call: a group that a filter left without rows counts zero. */
  private static Expression value(Plan joined, int position, AggregateCall call) {
    Expression column = PlanBuilder.column(joined, position);
    if (call.function() != AggregateCall.Function.COUNT
        || !joined.schema().column(position).mayBeNull()) {
      return column;
    }
    return Expressions.choose(
        Expressions.predicate(Function.IS_NULL, column), Expressions.bigint(0), column);
  }

  private static Plan aggregate(
      Plan input, List<Integer> groups, Source source, List<AggregateCall> calls) {
    List<Expression> columns = columns(input, groups);
    columns.add(PlanBuilder.column(input, source.arguments().getFirst()));
    Plan rows =
        source.filter().isPresent()
            ? PlanBuilder.filter(input, PlanBuilder.column(input, source.filter().getAsInt()))
            : input;
    Plan distinct = new Plan.Distinct(PlanBuilder.project(rows, columns));
    List<AggregateCall> plain = new ArrayList<>();
    for (AggregateCall call : calls) {
      plain.add(
          new AggregateCall(
              call.function(),
              Quantifier.ALL,
              List.of(groups.size()),
              OptionalInt.empty(),
              call.type()));
    }
    List<Integer> newGroups = IntStream.range(0, groups.size()).boxed().toList();
    return PlanBuilder.aggregate(distinct, newGroups, plain);
  }

  private static Plan joinOnGroups(Plan left, Plan right, JoinKind kind, int groupCount) {
    int leftWidth = left.schema().columnCount();
    List<Expression> equal = new ArrayList<>();
    for (int i = 0; i < groupCount; i++) {
      Expression a = PlanBuilder.column(left, i);
      Expression b = new Expression.ColumnRef(leftWidth + i, right.schema().type(i));
      equal.add(
          new Expression.Call(
              Function.NOT,
              List.of(
                  new Expression.Call(Function.IS_DISTINCT_FROM, List.of(a, b), Simple.BOOLEAN)),
              Simple.BOOLEAN));
    }
    return Joins.join(left, right, kind, Expressions.and(equal));
  }
}
