package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.error.UnsupportedSqlException;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.AggregateCall.Quantifier;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;

/** GROUP BY in all its forms to plain aggregates over all rows of a group. */
final class Aggregates {
  private Aggregates() {}

  /**
   * Several grouping sets are the union of one aggregate each, with NULL for what it leaves out.
   */
  static Plan convert(Plan input, Aggregate aggregate) {
    Plan marked = withTupleMarks(input, aggregate);
    List<Plan> plans = new ArrayList<>();
    for (ImmutableBitSet groupSet : aggregate.getGroupSets()) {
      plans.add(oneSet(marked, aggregate, groupSet));
    }
    return PlanBuilder.union(plans);
  }

  /**
   * COUNT(a, b) counts rows in which neither is NULL: a column for each such call says whether that
   * is so.
   */
  private static Plan withTupleMarks(Plan input, Aggregate aggregate) {
    List<Expression> columns =
        new ArrayList<>(PlanBuilder.columns(input, 0, input.schema().columnCount()));
    for (org.apache.calcite.rel.core.AggregateCall call : tupleCounts(aggregate)) {
      List<Expression> conditions = new ArrayList<>();
      if (call.hasFilter()) {
        conditions.add(
            Expressions.predicate(Function.IS_TRUE, PlanBuilder.column(input, call.filterArg)));
      }
      for (int argument : call.getArgList()) {
        conditions.add(
            Expressions.predicate(Function.IS_NOT_NULL, PlanBuilder.column(input, argument)));
      }
      columns.add(Expressions.and(conditions));
    }
    return PlanBuilder.project(input, columns);
  }

  private static List<org.apache.calcite.rel.core.AggregateCall> tupleCounts(Aggregate aggregate) {
    return aggregate.getAggCallList().stream().filter(Aggregates::countsTuples).toList();
  }

  private static boolean countsTuples(org.apache.calcite.rel.core.AggregateCall call) {
    return call.getAggregation().getKind() == SqlKind.COUNT && call.getArgList().size() > 1;
  }

  /** The rows whose mark is TRUE, or how many different arguments they have. */
  private static Expression countTuples(
      org.apache.calcite.rel.core.AggregateCall call,
      int mark,
      ImmutableBitSet groupSet,
      List<AggregateCall> calls) {
    AggregateCall added =
        new AggregateCall(
            AggregateCall.Function.COUNT,
            call.isDistinct() ? Quantifier.DISTINCT : Quantifier.ALL,
            call.isDistinct() ? List.copyOf(call.getArgList()) : List.of(),
            OptionalInt.of(mark),
            Simple.BIGINT);
    return add(added, call, groupSet, calls);
  }

  private static Plan oneSet(Plan input, Aggregate aggregate, ImmutableBitSet groupSet) {
    List<Integer> groups = groupSet.asList();
    List<AggregateCall> calls = new ArrayList<>();
    List<Expression> output = new ArrayList<>();
    for (int group : aggregate.getGroupSet()) {
      DataType type = input.schema().type(group);
      output.add(
          groupSet.get(group)
              ? new Expression.ColumnRef(groups.indexOf(group), type)
              : Expressions.nullOf(type));
    }
    int mark = input.schema().columnCount() - tupleCounts(aggregate).size();
    for (org.apache.calcite.rel.core.AggregateCall call : aggregate.getAggCallList()) {
      output.add(
          countsTuples(call)
              ? countTuples(call, mark++, groupSet, calls)
              : result(input, call, groupSet, calls));
    }
    return PlanBuilder.project(aggregate(input, groups, calls), output);
  }

  /** The output column of a call; what it needs is added to {@code calls}. */
  private static Expression result(
      Plan input,
      org.apache.calcite.rel.core.AggregateCall call,
      ImmutableBitSet groupSet,
      List<AggregateCall> calls) {
    DataType type = RexToExpression.type(call.getType());
    Optional<AggregateCall> ordered = OrderedCalls.of(input, call);
    if (ordered.isPresent()) {
      return add(ordered.get(), call, groupSet, calls);
    }
    return switch (call.getAggregation().getName()) {
      case "BOOL_AND", "EVERY" ->
          add(AggregateCall.Function.BOOL_AND, input, call, groupSet, calls);
      case "BOOL_OR" -> add(AggregateCall.Function.BOOL_OR, input, call, groupSet, calls);
      default -> byKind(input, call, groupSet, calls, type);
    };
  }

  private static Expression byKind(
      Plan input,
      org.apache.calcite.rel.core.AggregateCall call,
      ImmutableBitSet groupSet,
      List<AggregateCall> calls,
      DataType type) {
    return switch (call.getAggregation().getKind()) {
      case SINGLE_VALUE -> singleValue(input, call, groupSet, calls);
      case LITERAL_AGG -> Literals.convert((RexLiteral) call.rexList.getFirst());
      case GROUPING, GROUPING_ID -> grouping(call, groupSet, type);
      case SUM0 -> {
        Expression sum = add(AggregateCall.Function.SUM, input, call, groupSet, calls);
        Expression isNull = Expressions.predicate(Function.IS_NULL, sum);
        Expression zero = Folding.fold(Expressions.as(Expressions.integer(0), sum.type()));
        yield Expressions.as(Expressions.choose(isNull, zero, sum), type);
      }
      case COUNT -> add(AggregateCall.Function.COUNT, input, call, groupSet, calls);
      case SUM -> add(AggregateCall.Function.SUM, input, call, groupSet, calls);
      case AVG -> add(AggregateCall.Function.AVG, input, call, groupSet, calls);
      case MIN -> add(AggregateCall.Function.MIN, input, call, groupSet, calls);
      case MAX -> add(AggregateCall.Function.MAX, input, call, groupSet, calls);
      case ANY_VALUE -> add(AggregateCall.Function.MIN, input, call, groupSet, calls);
      case VAR_POP -> add(AggregateCall.Function.VAR_POP, input, call, groupSet, calls);
      case VAR_SAMP -> add(AggregateCall.Function.VAR_SAMP, input, call, groupSet, calls);
      case STDDEV_POP -> add(AggregateCall.Function.STDDEV_POP, input, call, groupSet, calls);
      case STDDEV_SAMP -> add(AggregateCall.Function.STDDEV_SAMP, input, call, groupSet, calls);
      case FIRST_VALUE, LAST_VALUE ->
          throw new UnsupportedSqlException(
              call.getAggregation().getName(),
              "Which of a table's rows came first is not known: write ARG_MIN(x, time) or ARG_MAX(x,"
                  + " time), or add OVER.");
      default ->
          throw new UnsupportedSqlException(
              call.getAggregation().getName(), "This aggregate is not there yet.");
    };
  }

  /** The value of a sub-query, see {@link SingleValues}. */
  private static Expression singleValue(
      Plan input,
      org.apache.calcite.rel.core.AggregateCall call,
      ImmutableBitSet groupSet,
      List<AggregateCall> calls) {
    AggregateCall count =
        new AggregateCall(
            AggregateCall.Function.COUNT,
            Quantifier.ALL,
            List.of(),
            OptionalInt.empty(),
            Simple.BIGINT);
    Expression rows = add(count, groupSet, calls);
    return SingleValues.of(add(AggregateCall.Function.MIN, input, call, groupSet, calls), rows);
  }

  private static Expression grouping(
      org.apache.calcite.rel.core.AggregateCall call, ImmutableBitSet groupSet, DataType type) {
    long bits = 0;
    for (int argument : call.getArgList()) {
      bits = bits << 1 | (groupSet.get(argument) ? 0 : 1);
    }
    return Expressions.as(Expressions.bigint(bits), type);
  }

  private static Expression add(
      AggregateCall.Function function,
      Plan input,
      org.apache.calcite.rel.core.AggregateCall call,
      ImmutableBitSet groupSet,
      List<AggregateCall> calls) {
    boolean isExtreme =
        call.getAggregation().getKind() == SqlKind.MIN
            || call.getAggregation().getKind() == SqlKind.MAX;
    if (isExtreme && Types.isCollection(input.schema().type(call.getArgList().getFirst()))) {
      throw new UnsupportedSqlException(
          call.getAggregation().getName(), "Arrays, maps and rows have no order.");
    }
    if (call.getArgList().size() > 1) {
      throw new UnsupportedSqlException(
          call.getAggregation().getName(), "It takes one argument here.");
    }
    boolean distinct = call.isDistinct() && dependsOnRepeats(function);
    AggregateCall added =
        new AggregateCall(
            function,
            distinct ? Quantifier.DISTINCT : Quantifier.ALL,
            List.copyOf(call.getArgList()),
            call.hasFilter() ? OptionalInt.of(call.filterArg) : OptionalInt.empty(),
            call.getArgList().isEmpty()
                ? Simple.BIGINT
                : resultType(function, input.schema().type(call.getArgList().getFirst())));
    return add(added, call, groupSet, calls);
  }

  /** Whether the answer over distinct values is another than that over all values. */
  private static boolean dependsOnRepeats(AggregateCall.Function function) {
    return switch (function) {
      case MIN, MAX, BOOL_AND, BOOL_OR -> false;
      default -> true;
    };
  }

  private static Expression add(
      AggregateCall added,
      org.apache.calcite.rel.core.AggregateCall call,
      ImmutableBitSet groupSet,
      List<AggregateCall> calls) {
    return Expressions.as(add(added, groupSet, calls), RexToExpression.type(call.getType()));
  }

  private static Expression add(
      AggregateCall added, ImmutableBitSet groupSet, List<AggregateCall> calls) {
    int at = calls.indexOf(added);
    if (at < 0) {
      calls.add(added);
      at = calls.size() - 1;
    }
    return new Expression.ColumnRef(groupSet.cardinality() + at, added.type());
  }

  static DataType resultType(AggregateCall.Function function, DataType argument) {
    return switch (function) {
      case COUNT -> Simple.BIGINT;
      case VAR_POP, VAR_SAMP, STDDEV_POP, STDDEV_SAMP -> Simple.DOUBLE;
      case SUM ->
          switch (argument) {
            case DataType.Decimal d ->
                new DataType.Decimal(DataType.Decimal.MAX_PRECISION, d.scale());
            case Simple simple -> Types.isInteger(simple) ? Simple.BIGINT : Simple.DOUBLE;
            case DataType.Array _, DataType.Map _, DataType.Row _ -> argument;
          };
      case AVG ->
          switch (argument) {
            case DataType.Decimal d ->
                new DataType.Decimal(DataType.Decimal.MAX_PRECISION, Math.max(6, d.scale()));
            case Simple simple -> Types.isInteger(simple) ? simple : Simple.DOUBLE;
            case DataType.Array _, DataType.Map _, DataType.Row _ -> argument;
          };
      default -> argument;
    };
  }

  /** The aggregate, grouped by no more than it must be; see {@link DependentGroups}. */
  private static Plan aggregate(Plan input, List<Integer> groups, List<AggregateCall> calls) {
    return DependentGroups.reduce(
        input, groups, fewer -> PlanBuilder.aggregate(input, fewer, calls));
  }
}
