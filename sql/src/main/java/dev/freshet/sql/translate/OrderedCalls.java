package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.dialect.UserAggregate;
import dev.freshet.sql.error.UnsupportedSqlException;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.AggregateCall.Function;
import dev.freshet.sql.plan.AggregateCall.Quantifier;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.Literal;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.SortKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlJsonConstructorNullClause;
import org.apache.calcite.sql.fun.SqlJsonArrayAggAggFunction;
import org.apache.calcite.sql.fun.SqlJsonObjectAggAggFunction;

/**
 * Calls of aggregates whose answer depends on the order of a group's rows: which rows count, in
 * what order, and what stands in the call as a constant. Every order is made total, so that the
 * answer is a function of the input.
 */
final class OrderedCalls {
  private final Plan input;
  private final org.apache.calcite.rel.core.AggregateCall call;
  private final List<Integer> arguments;
  private final List<SortKey> within;

  private OrderedCalls(Plan input, org.apache.calcite.rel.core.AggregateCall call) {
    this.input = input;
    this.call = call;
    this.arguments = List.copyOf(call.getArgList());
    this.within = RelToPlan.sortKeys(call.getCollation());
  }

  /** The call in the plan's terms; empty when it does not depend on an order. */
  static Optional<AggregateCall> of(Plan input, org.apache.calcite.rel.core.AggregateCall call) {
    OrderedCalls calls = new OrderedCalls(input, call);
    SqlAggFunction function = call.getAggregation();
    if (function instanceof SqlJsonArrayAggAggFunction array) {
      return Optional.of(calls.jsonArray(array));
    }
    if (function instanceof SqlJsonObjectAggAggFunction object) {
      return Optional.of(calls.jsonObject(object));
    }
    if (function instanceof UserAggregate user) {
      return Optional.of(calls.user(user));
    }
    return switch (function.getName()) {
      case "ARG_MIN", "MIN_BY" -> Optional.of(calls.extreme(SortKey.Direction.ASCENDING));
      case "ARG_MAX", "MAX_BY" -> Optional.of(calls.extreme(SortKey.Direction.DESCENDING));
      case "LISTAGG" -> Optional.of(calls.listagg());
      case "ARRAY_AGG" -> Optional.of(calls.arrayAgg());
      case "MEDIAN" -> Optional.of(calls.median());
      case "PERCENTILE" -> Optional.of(calls.percentile());
      case "PERCENTILE_CONT" -> Optional.of(calls.percentile(Function.PERCENTILE_CONT));
      case "PERCENTILE_DISC" -> Optional.of(calls.percentile(Function.PERCENTILE_DISC));
      default -> Optional.empty();
    };
  }

  private AggregateCall user(UserAggregate function) {
    return UserCalls.aggregate(
        function,
        arguments.stream().map(input.schema()::type).toList(),
        arguments,
        call.isDistinct() ? Quantifier.DISTINCT : Quantifier.ALL,
        call.hasFilter() ? OptionalInt.of(call.filterArg) : OptionalInt.empty());
  }

  private static List<Integer> arguments(
      org.apache.calcite.rel.core.AggregateCall call, int count) {
    return List.copyOf(call.getArgList().subList(0, count));
  }

  private AggregateCall make(
      Function function, List<Integer> values, List<Integer> notNull, List<Literal> options) {
    return make(function, values, notNull, within, options, resultType(function, values));
  }

  private AggregateCall make(
      Function function,
      List<Integer> values,
      List<Integer> notNull,
      List<SortKey> order,
      List<Literal> options,
      DataType type) {
    return new AggregateCall(
        function,
        call.isDistinct() && function != Function.FIRST ? Quantifier.DISTINCT : Quantifier.ALL,
        values,
        call.hasFilter() ? OptionalInt.of(call.filterArg) : OptionalInt.empty(),
        notNull,
        withTies(order, values),
        options,
        type);
  }

  private DataType resultType(Function function, List<Integer> values) {
    DataType argument = input.schema().type(values.getFirst());
    return switch (function) {
      case LISTAGG, JSON_ARRAYAGG, JSON_OBJECTAGG -> Simple.VARCHAR;
      case ARRAY_AGG -> new DataType.Array(argument);
      case PERCENTILE_CONT -> Simple.DOUBLE;
      default -> argument;
    };
  }

  /** Ties go to the smallest arguments, NULL last. */
  static List<SortKey> withTies(List<SortKey> order, List<Integer> values) {
    List<SortKey> total = new ArrayList<>();
    Set<Integer> sorted = new LinkedHashSet<>();
    for (SortKey key : order) {
      if (sorted.add(key.column())) {
        total.add(key);
      }
    }
    for (int column : values) {
      if (sorted.add(column)) {
        total.add(new SortKey(column, SortKey.Direction.ASCENDING, SortKey.Nulls.LAST));
      }
    }
    return List.copyOf(total);
  }

  private AggregateCall extreme(SortKey.Direction direction) {
    int key = arguments.get(1);
    List<SortKey> order = List.of(new SortKey(key, direction, SortKey.Nulls.LAST));
    List<Integer> value = List.of(arguments.getFirst());
    return make(
        Function.FIRST, value, List.of(key), order, List.of(), resultType(Function.FIRST, value));
  }

  private AggregateCall listagg() {
    List<Integer> value = arguments(call, 1);
    Literal separator =
        arguments.size() > 1 ? constant(arguments.get(1), Simple.VARCHAR) : Expressions.text(",");
    return make(Function.LISTAGG, value, value, List.of(separator));
  }

  private AggregateCall arrayAgg() {
    List<Integer> value = arguments(call, 1);
    return make(Function.ARRAY_AGG, value, call.ignoreNulls() ? value : List.of(), List.of());
  }

  private AggregateCall jsonArray(SqlJsonArrayAggAggFunction function) {
    boolean keepsNulls = function.getNullClause() == SqlJsonConstructorNullClause.NULL_ON_NULL;
    List<Integer> value = arguments(call, 1);
    return make(Function.JSON_ARRAYAGG, value, keepsNulls ? List.of() : value, List.of());
  }

  private AggregateCall jsonObject(SqlJsonObjectAggAggFunction function) {
    boolean keepsNulls = function.getNullClause() == SqlJsonConstructorNullClause.NULL_ON_NULL;
    List<Integer> both = arguments(call, 2);
    return make(
        Function.JSON_OBJECTAGG, both, keepsNulls ? List.of(both.getFirst()) : both, List.of());
  }

  private AggregateCall median() {
    List<Integer> value = arguments(call, 1);
    Literal half = new Literal(Simple.DOUBLE, Optional.of(0.5));
    return make(Function.PERCENTILE_CONT, value, value, List.of(), List.of(half), Simple.DOUBLE);
  }

  /** Flink's spelling of PERCENTILE_CONT. */
  private AggregateCall percentile() {
    Literal fraction = constant(arguments.getLast(), Simple.DOUBLE);
    double number = (Double) fraction.value().orElseThrow();
    if (!(number >= 0 && number <= 1)) {
      throw new UnsupportedSqlException("PERCENTILE", "Its fraction must be from 0 to 1.");
    }
    List<Integer> value = arguments(call, 1);
    return make(
        Function.PERCENTILE_CONT, value, value, List.of(), List.of(fraction), Simple.DOUBLE);
  }

  private AggregateCall percentile(Function function) {
    Literal fraction = constant(arguments.getFirst(), Simple.DOUBLE);
    List<Integer> value = List.of(within.getFirst().column());
    return make(function, value, value, List.of(fraction));
  }

  /** The constant in a column; a constant argument stands in the input as such a column. */
  private Literal constant(int column, DataType type) {
    if (input instanceof Plan.Constants constants && constants.rows().isEmpty()) {
      return type == Simple.VARCHAR ? Expressions.text(",") : new Literal(type, Optional.of(0.0));
    }
    return find(input, column)
        .flatMap(literal ->
            literal.type().equals(type) ? Optional.of(literal) : Folding.cast(literal, type))
        .filter(literal -> literal.value().isPresent())
        .orElseThrow(() ->
            new UnsupportedSqlException(
                call.getAggregation().getName(), "Its separator or fraction must be a constant."));
  }

  private static Optional<Literal> find(Plan plan, int column) {
    return switch (plan) {
      case Plan.Project project ->
          switch (project.expressions().get(column)) {
            case Literal literal -> Optional.of(literal);
            case Expression.ColumnRef ref -> find(project.input(), ref.index());
            case Expression other ->
                Folding.fold(other) instanceof Literal literal
                    ? Optional.of(literal)
                    : Optional.empty();
          };
      case Plan.Constants constants -> {
        Set<Literal> different = new LinkedHashSet<>();
        constants.rows().forEach(row -> different.add(row.get(column)));
        yield different.size() == 1 ? different.stream().findFirst() : Optional.empty();
      }
      case Plan.Filter filter -> find(filter.input(), column);
      case Plan other -> Optional.empty();
    };
  }
}
