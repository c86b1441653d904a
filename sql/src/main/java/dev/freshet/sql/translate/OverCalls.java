package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.dialect.UserAggregate;
import dev.freshet.sql.error.UnsupportedSqlException;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.SortKey;
import dev.freshet.sql.plan.WindowCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexFieldCollation;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlKind;

/**
 * A projection with window functions: one window for each PARTITION BY with its ORDER BY, one over
 * the other, between two projections.
 *
 * <pre>
 * Project a, SUM(b + 1) OVER (PARTITION BY c ORDER BY a) * 2     becomes    Project a, sum * 2
 *   input                                                                     Over per c by a: sum = SUM($1)
 *                                                                               Project a, b + 1, c
 *                                                                                 input
 * </pre>
 */
final class OverCalls {
  private final RexToExpression expressions;
  private final Plan input;
  private final int inputWidth;

  /** What the windows read: columns of the projection below them. */
  private final List<Expression> columns = new ArrayList<>();

  private final List<Group> groups = new ArrayList<>();
  private final List<Use> uses = new ArrayList<>();
  private final Map<String, Integer> useOf = new HashMap<>();

  private OverCalls(RexToExpression expressions, Plan input) {
    this.expressions = expressions;
    this.input = input;
    this.inputWidth = input.schema().columnCount();
  }

  /** The calls over one partition and order. */
  private record Group(List<Integer> partition, List<SortKey> order, List<WindowCall> calls) {}

  /**
   * Where the value of a function in the query comes from.
   *
   * @param type its type in the query
   */
  private record Use(Group group, int call, DataType type, IfNull ifNull) {}

  private enum IfNull {
    NULL,
    ZERO
  }

  static Plan convert(Project project, Plan input, RexToExpression expressions) {
    return new OverCalls(expressions, input).convert(project.getProjects());
  }

  private Plan convert(List<RexNode> projects) {
    CallFinder finder = new CallFinder();
    List<Expression> selected =
        expressions.convert(projects.stream().map(rex -> rex.accept(finder)).toList());
    Set<Integer> used = new TreeSet<>();
    selected.forEach(expression -> Expressions.collectColumns(expression, used));
    for (int column : used) {
      if (column < inputWidth) {
        position(PlanBuilder.column(input, column));
      }
    }
    Plan plan = PlanBuilder.project(input, columns);
    Map<Group, Integer> firstColumns = new HashMap<>();
    for (Group group : groups) {
      firstColumns.put(group, plan.schema().columnCount());
      plan = PlanBuilder.window(plan, group.partition(), group.order(), group.calls());
    }
    return PlanBuilder.project(
        plan,
        selected.stream()
            .map(expression ->
                Expressions.replaceColumns(expression, column -> value(column, firstColumns)))
            .toList());
  }

  private Expression value(int column, Map<Group, Integer> firstColumns) {
    if (column < inputWidth) {
      Expression inInput = PlanBuilder.column(input, column);
      return new Expression.ColumnRef(columns.indexOf(inInput), inInput.type());
    }
    Use use = uses.get(column - inputWidth);
    DataType type = use.group().calls().get(use.call()).type();
    int at = java.util.Objects.requireNonNull(firstColumns.get(use.group())) + use.call();
    Expression value = new Expression.ColumnRef(at, type);
    return switch (use.ifNull()) {
      case NULL -> Expressions.as(value, use.type());
      case ZERO -> {
        Expression zero = Folding.fold(Expressions.as(Expressions.integer(0), type));
        Expression isNull = Expressions.predicate(Function.IS_NULL, value);
        yield Expressions.as(Expressions.choose(isNull, zero, value), use.type());
      }
    };
  }

  private int position(Expression expression) {
    int at = columns.indexOf(expression);
    if (at < 0) {
      columns.add(expression);
      at = columns.size() - 1;
    }
    return at;
  }

  /** Puts a column behind the input's in the place of each window function. */
  private final class CallFinder extends RexShuttle {
    @Override
    public RexNode visitOver(RexOver over) {
      boolean zero = over.getAggOperator().getKind() == SqlKind.SUM0;
      return reference(over, zero ? IfNull.ZERO : IfNull.NULL);
    }

    /**
     * The planner writes SUM(x) as CASE WHEN COUNT(x) > 0 THEN SUM(x) END; that is put back here.
     */
    @Override
    public RexNode visitCall(RexCall call) {
      return sum(call)
          .map(over -> reference(over, IfNull.NULL))
          .orElseGet(() -> super.visitCall(call));
    }

    private RexNode reference(RexOver over, IfNull ifNull) {
      String digest = ifNull + " " + over;
      int use =
          useOf.computeIfAbsent(
              digest,
              _ -> {
                uses.add(use(over, ifNull));
                return uses.size() - 1;
              });
      return new RexInputRef(inputWidth + use, over.getType());
    }
  }

  private static Optional<RexOver> sum(RexCall call) {
    if (call.getKind() == SqlKind.CASE
        && call.getOperands().size() == 3
        && call.getOperands().get(0) instanceof RexCall condition
        && condition.getKind() == SqlKind.GREATER_THAN
        && condition.getOperands().get(0) instanceof RexOver count
        && count.getAggOperator().getKind() == SqlKind.COUNT
        && withoutNullabilityCast(call.getOperands().get(1)) instanceof RexOver sum
        && (sum.getAggOperator().getKind() == SqlKind.SUM
            || sum.getAggOperator().getKind() == SqlKind.SUM0)
        && counts(count, sum.getOperands().getFirst())
        && count.getWindow().equals(sum.getWindow())
        && call.getOperands().get(2) instanceof RexLiteral otherwise
        && otherwise.isNull()) {
      return Optional.of(sum);
    }
    return Optional.empty();
  }

  private static RexNode withoutNullabilityCast(RexNode rex) {
    return rex instanceof RexCall cast
            && cast.getKind() == SqlKind.CAST
            && RexToExpression.type(cast.getType())
                .equals(RexToExpression.type(cast.getOperands().getFirst().getType()))
        ? cast.getOperands().getFirst()
        : rex;
  }

  private static boolean counts(RexOver count, RexNode summed) {
    return count.getOperands().isEmpty()
        ? !summed.getType().isNullable()
        : count.getOperands().getFirst().equals(summed);
  }

  private Use use(RexOver over, IfNull ifNull) {
    if (over.getOperands().stream().anyMatch(RexOver::containsOver)) {
      throw new UnsupportedSqlException(
          "OVER", "A window function cannot stand in another one. Compute it in a sub-query.");
    }
    List<Integer> partition = new ArrayList<>();
    for (RexNode key : over.getWindow().partitionKeys) {
      if (!(key instanceof RexLiteral)) {
        partition.add(position(expressions.convert(key)));
      }
    }
    List<SortKey> order = new ArrayList<>();
    for (RexFieldCollation key : over.getWindow().orderKeys) {
      order.add(sortKey(key, position(expressions.convert(key.left))));
    }
    Group group = group(List.copyOf(new TreeSet<>(partition)), List.copyOf(order));
    WindowCall call = call(over, order);
    int at = group.calls().indexOf(call);
    if (at < 0) {
      at = group.calls().size();
      group.calls().add(call);
    }
    return new Use(group, at, RexToExpression.type(over.getType()), ifNull);
  }

  private Group group(List<Integer> partition, List<SortKey> order) {
    for (Group group : groups) {
      if (group.partition().equals(partition) && group.order().equals(order)) {
        return group;
      }
    }
    Group group = new Group(partition, order, new ArrayList<>());
    groups.add(group);
    return group;
  }

  /** The sort key of an order in OVER. */
  static SortKey sortKey(RexFieldCollation key, int column) {
    boolean descending = key.getDirection().isDescending();
    boolean nullsFirst =
        switch (key.getNullDirection()) {
          case FIRST -> true;
          case LAST -> false;
          case UNSPECIFIED -> !descending;
        };
    return new SortKey(
        column,
        descending ? SortKey.Direction.DESCENDING : SortKey.Direction.ASCENDING,
        nullsFirst ? SortKey.Nulls.FIRST : SortKey.Nulls.LAST);
  }

  private WindowCall call(RexOver over, List<SortKey> order) {
    if (over.isDistinct()) {
      throw new UnsupportedSqlException(
          "OVER", "DISTINCT is not there in window functions. Aggregate in a sub-query and join.");
    }
    if (over.getAggOperator() instanceof UserAggregate user) {
      return userFunction(over, order, user);
    }
    WindowCall.Nulls nulls = over.ignoreNulls() ? WindowCall.Nulls.SKIP : WindowCall.Nulls.COUNT;
    return switch (over.getAggOperator().getKind()) {
      case ROW_NUMBER -> new WindowCall.Rank(WindowCall.Ranking.ROW_NUMBER);
      case RANK -> new WindowCall.Rank(WindowCall.Ranking.RANK);
      case DENSE_RANK -> new WindowCall.Rank(WindowCall.Ranking.DENSE_RANK);
      case PERCENT_RANK -> new WindowCall.Rank(WindowCall.Ranking.PERCENT_RANK);
      case CUME_DIST -> new WindowCall.Rank(WindowCall.Ranking.CUME_DIST);
      case NTILE -> new WindowCall.Tile(OverFrames.count(over, 0, 1));
      case LAG -> shift(over, nulls, -1);
      case LEAD -> shift(over, nulls, 1);
      case FIRST_VALUE -> pick(over, order, 1, WindowCall.End.FIRST, nulls);
      case LAST_VALUE -> pick(over, order, 1, WindowCall.End.LAST, nulls);
      case NTH_VALUE ->
          pick(over, order, OverFrames.count(over, 1, 1), WindowCall.End.FIRST, nulls);
      case COUNT -> framed(over, order, AggregateCall.Function.COUNT);
      case SUM, SUM0 -> framed(over, order, AggregateCall.Function.SUM);
      case AVG -> framed(over, order, AggregateCall.Function.AVG);
      case MIN -> framed(over, order, AggregateCall.Function.MIN);
      case MAX -> framed(over, order, AggregateCall.Function.MAX);
      default ->
          throw new UnsupportedSqlException(
              over.getAggOperator().getName(),
              "As window functions there are COUNT, SUM, AVG, MIN, MAX, the ranks, NTILE, LAG,"
                  + " LEAD, FIRST_VALUE, LAST_VALUE and NTH_VALUE, and aggregates in Java.");
    };
  }

  private WindowCall shift(RexOver over, WindowCall.Nulls nulls, int sign) {
    DataType type = RexToExpression.type(over.getType());
    long rows = over.getOperands().size() < 2 ? 1 : OverFrames.count(over, 1, 0);
    OptionalInt otherwise =
        over.getOperands().size() < 3
            ? OptionalInt.empty()
            : OptionalInt.of(argument(over, 2, type));
    return new WindowCall.Shift(argument(over, 0, type), sign * rows, otherwise, nulls, type);
  }

  private WindowCall pick(
      RexOver over, List<SortKey> order, long nth, WindowCall.End end, WindowCall.Nulls nulls) {
    DataType type = RexToExpression.type(over.getType());
    return new WindowCall.Pick(
        argument(over, 0, type),
        nth,
        end,
        nulls,
        OverFrames.convert(over.getWindow(), order, columns, expressions),
        type);
  }

  private int argument(RexOver over, int operand, DataType type) {
    return position(Expressions.as(expressions.convert(over.getOperands().get(operand)), type));
  }

  private WindowCall userFunction(RexOver over, List<SortKey> order, UserAggregate function) {
    List<Integer> arguments = new ArrayList<>();
    for (RexNode operand : over.getOperands()) {
      arguments.add(position(expressions.convert(operand)));
    }
    List<DataType> types = arguments.stream().map(column -> columns.get(column).type()).toList();
    return new WindowCall.Framed(
        UserCalls.aggregate(
            function, types, arguments, AggregateCall.Quantifier.ALL, OptionalInt.empty()),
        OverFrames.convert(over.getWindow(), order, columns, expressions));
  }

  private WindowCall framed(RexOver over, List<SortKey> order, AggregateCall.Function function) {
    if (over.getOperands().size() > 1) {
      throw new UnsupportedSqlException(
          over.getAggOperator().getName(), "Count one column, or use COUNT(*).");
    }
    List<Integer> arguments = new ArrayList<>();
    for (RexNode operand : over.getOperands()) {
      arguments.add(position(expressions.convert(operand)));
    }
    DataType type =
        arguments.isEmpty()
            ? Simple.BIGINT
            : Aggregates.resultType(function, columns.get(arguments.getFirst()).type());
    AggregateCall call =
        new AggregateCall(
            function,
            AggregateCall.Quantifier.ALL,
            List.copyOf(arguments),
            OptionalInt.empty(),
            type);
    return new WindowCall.Framed(
        call, OverFrames.convert(over.getWindow(), order, columns, expressions));
  }
}
