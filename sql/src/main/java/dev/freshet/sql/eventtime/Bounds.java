package dev.freshet.sql.eventtime;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.eventtime.Bound.Kind;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.JoinKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;

/** Finds the columns of a plan by which its rows close. */
final class Bounds {
  private static final long SECOND = 1_000_000;
  private static final long DAY = 24 * 3600 * SECOND;

  /** 1970-01-05. */
  private static final long FIRST_MONDAY = 4 * DAY;

  private final Function<String, Optional<String>> watermarks;

  /**
   * @param watermarks the column of a table's watermark
   */
  Bounds(Function<String, Optional<String>> watermarks) {
    this.watermarks = watermarks;
  }

  /** The closing columns with their bounds. */
  Map<Integer, Bound> of(Plan plan) {
    return switch (plan) {
      case Plan.Scan scan -> scan(scan);
      case Plan.Filter filter -> of(filter.input());
      case Plan.Project project -> project(project);
      case Plan.Unnest unnest -> of(unnest.input());
      case Plan.Distinct distinct -> of(distinct.input());
      case Plan.Union union -> common(union.inputs());
      case Plan.Multiset multiset -> common(multiset.inputs());
      case Plan.Windows windows -> windows(windows);
      case Plan.Sessions sessions -> sessions(sessions);
      case Plan.Join join -> join(join);
      case Plan.Aggregate aggregate -> select(of(aggregate.input()), aggregate.groupColumns());
      case Plan.TopN top -> only(of(top.input()), top.partitionColumns());
      case Plan.Over over -> only(of(over.input()), over.partitionColumns());
      case Plan.Constants _,
          Plan.Arrivals _,
          Plan.NotAhead _,
          Plan.OnTime _,
          Plan.Expire _,
          Plan.Final _ ->
          Map.of();
      case Plan.AsOf _, Plan.Recursion _, Plan.Recurse _ -> Map.of();
    };
  }

  private Map<Integer, Bound> scan(Plan.Scan scan) {
    return watermarks
        .apply(scan.relation())
        .map(column -> Map.of(scan.schema().indexOf(column), Bound.TIME))
        .orElse(Map.of());
  }

  private Map<Integer, Bound> project(Plan.Project project) {
    Map<Integer, Bound> input = of(project.input());
    boolean linear = isLinear(project.input());
    Map<Integer, Bound> found = new TreeMap<>();
    for (int c = 0; c < project.expressions().size(); c++) {
      int column = c;
      bound(project.expressions().get(c), input, linear).ifPresent(b -> found.put(column, b));
    }
    return found;
  }

  /** Windows of rows that stand for several rows close later than these: not followed. */
  private static Optional<Bound> bound(
      Expression expression, Map<Integer, Bound> input, boolean linear) {
    return switch (expression) {
      case Expression.ColumnRef column -> Optional.ofNullable(input.get(column.index()));
      case Expression.Cast cast when isTime(cast.type()) && isTime(cast.operand().type()) ->
          bound(cast.operand(), input, linear);
      case Expression.Call call -> call(call, input, linear);
      case Expression.Case choice when isReplacedNull(choice) ->
          bound(choice.otherwise(), input, linear);
      case Expression.Literal _, Expression.UserCall _ -> Optional.empty();
      case Expression.Cast _, Expression.Case _ -> Optional.empty();
    };
  }

  /** {@code CASE WHEN x IS NULL THEN literal ELSE x END}: a row without a time is never there. */
  private static boolean isReplacedNull(Expression.Case choice) {
    return choice.branches().size() == 1
        && choice.branches().getFirst().condition() instanceof Expression.Call test
        && test.function() == dev.freshet.sql.plan.Function.IS_NULL
        && test.arguments().getFirst().equals(choice.otherwise());
  }

  private static Optional<Bound> call(
      Expression.Call call, Map<Integer, Bound> input, boolean linear) {
    Optional<Bound> of =
        call.arguments().isEmpty()
            ? Optional.empty()
            : bound(call.arguments().getFirst(), input, linear);
    if (of.isEmpty() || !isTime(call.type())) {
      return Optional.empty();
    }
    Bound time = of.get();
    return switch (call.function()) {
      case PLUS_MICROS -> literal(call, 1).map(time::plus);
      case TUMBLE_START -> window(time, linear, literal(call, 1), literal(call, 2));
      case FLOOR_TO_SECOND -> floor(time, linear, SECOND, 0);
      case FLOOR_TO_MINUTE -> floor(time, linear, 60 * SECOND, 0);
      case FLOOR_TO_HOUR -> floor(time, linear, 3600 * SECOND, 0);
      case FLOOR_TO_DAY -> floor(time, linear, DAY, 0);
      case FLOOR_TO_WEEK -> floor(time, linear, 7 * DAY, FIRST_MONDAY);
      default -> Optional.empty();
    };
  }

  private static Optional<Bound> floor(Bound time, boolean linear, long width, long offset) {
    return window(time, linear, Optional.of(width), Optional.of(offset));
  }

  private static Optional<Bound> window(
      Bound time, boolean linear, Optional<Long> size, Optional<Long> offset) {
    return linear && time.kind() == Kind.TIME && size.isPresent() && offset.isPresent()
        ? Optional.of(time.windowStart(size.get(), offset.get()))
        : Optional.empty();
  }

  private static Optional<Long> literal(Expression.Call call, int argument) {
    return call.arguments().get(argument) instanceof Expression.Literal literal
        ? literal.value().map(Long.class::cast)
        : Optional.empty();
  }

  private static boolean isTime(DataType type) {
    return type == Simple.TIMESTAMP || type == Simple.TIMESTAMP_LTZ;
  }

  private Map<Integer, Bound> windows(Plan.Windows windows) {
    Map<Integer, Bound> input = of(windows.input());
    Bound time = input.get(windows.timeColumn());
    Map<Integer, Bound> found = new TreeMap<>(input);
    if (time != null && time.kind() == Kind.TIME && isLinear(windows.input())) {
      Bound window =
          switch (windows.kind()) {
            case HOP -> time.hopStart(windows.step(), windows.size(), windows.offset());
            case CUMULATE -> time.cumulateEnd(windows.step(), windows.size(), windows.offset());
          };
      found.put(windows.schema().columnCount() - 1, window);
    }
    return found;
  }

  /** A row's session may change after the row, until its end. */
  private Map<Integer, Bound> sessions(Plan.Sessions sessions) {
    Bound time = of(sessions.input()).get(sessions.timeColumn());
    return time != null && time.kind() == Kind.TIME && isLinear(sessions.input())
        ? Map.of(sessions.schema().columnCount() - 1, time.sessionEnd(sessions.gap()))
        : Map.of();
  }

  private Map<Integer, Bound> join(Plan.Join join) {
    Map<Integer, Bound> left = of(join.left());
    if (isEmpty(join.right())) {
      return left;
    }
    Map<Integer, Bound> right = of(join.right());
    int width = join.left().schema().columnCount();
    Map<Integer, Bound> found = new TreeMap<>();
    for (int k = 0; k < join.leftKeys().size(); k++) {
      Bound bound = left.get(join.leftKeys().get(k));
      Bound other = right.get(join.rightKeys().get(k));
      if (bound != null && other != null && bound.isAlike(other)) {
        found.put(join.leftKeys().get(k), bound);
        if (join.kind() == JoinKind.INNER) {
          found.put(width + join.rightKeys().get(k), other);
        }
      }
    }
    if (found.isEmpty()) {
      range(join).ifPresent(range -> found.put(range.leftTime(), range.bound()));
    }
    return found;
  }

  /** If the join is one of rows that are near in time. */
  Optional<IntervalJoin> range(Plan.Join join) {
    return isLinear(join.left()) && isLinear(join.right())
        ? IntervalJoin.of(join, of(join.left()), of(join.right()))
        : Optional.empty();
  }

  private Map<Integer, Bound> common(List<Plan> all) {
    List<Plan> inputs = all.stream().filter(input -> !isEmpty(input)).toList();
    if (inputs.isEmpty()) {
      return Map.of();
    }
    Map<Integer, Bound> found = new TreeMap<>(of(inputs.getFirst()));
    for (Plan input : inputs) {
      Map<Integer, Bound> other = of(input);
      found
          .entrySet()
          .removeIf(entry ->
              !other.containsKey(entry.getKey())
                  || !other.get(entry.getKey()).isAlike(entry.getValue()));
    }
    return found;
  }

  /** What never has a row closes with whatever stands beside it. */
  static boolean isEmpty(Plan plan) {
    return switch (plan) {
      case Plan.Constants constants -> constants.rows().isEmpty();
      case Plan.Filter _, Plan.Project _, Plan.Distinct _, Plan.Windows _, Plan.Sessions _ ->
          isEmpty(plan.inputs().getFirst());
      case Plan.Over _, Plan.TopN _ -> isEmpty(plan.inputs().getFirst());
      case Plan.Aggregate aggregate ->
          !aggregate.groupColumns().isEmpty() && isEmpty(aggregate.input());
      case Plan.Join join ->
          isEmpty(join.left()) || (join.kind() == JoinKind.INNER && isEmpty(join.right()));
      case Plan.Union union -> union.inputs().stream().allMatch(Bounds::isEmpty);
      case Plan.Scan _, Plan.Unnest _, Plan.Multiset _, Plan.AsOf _ -> false;
      case Plan.Recursion _, Plan.Recurse _ -> false;
      case Plan.Arrivals _, Plan.NotAhead _, Plan.OnTime _, Plan.Expire _, Plan.Final _ -> false;
    };
  }

  private static Map<Integer, Bound> select(Map<Integer, Bound> input, List<Integer> columns) {
    Map<Integer, Bound> found = new TreeMap<>();
    for (int c = 0; c < columns.size(); c++) {
      Bound bound = input.get(columns.get(c));
      if (bound != null) {
        found.put(c, bound);
      }
    }
    return found;
  }

  private static Map<Integer, Bound> only(Map<Integer, Bound> input, List<Integer> columns) {
    Map<Integer, Bound> found = new TreeMap<>(input);
    found.keySet().retainAll(columns);
    return found;
  }

  /** Whether each row of the plan comes of one row of one table. */
  static boolean isLinear(Plan plan) {
    return switch (plan) {
      case Plan.Scan _, Plan.Constants _ -> true;
      case Plan.Filter _, Plan.Project _, Plan.Windows _, Plan.Unnest _, Plan.Union _ ->
          plan.inputs().stream().allMatch(Bounds::isLinear);
      case Plan.Distinct _, Plan.Multiset _, Plan.Join _, Plan.Aggregate _, Plan.TopN _ -> false;
      case Plan.Sessions _, Plan.Over _ -> false;
      case Plan.AsOf _, Plan.Recursion _, Plan.Recurse _ -> false;
      case Plan.Arrivals _, Plan.NotAhead _, Plan.OnTime _, Plan.Expire _, Plan.Final _ -> false;
    };
  }

  /** The column that a closing expression is made of. */
  static OptionalInt source(Expression expression) {
    return switch (expression) {
      case Expression.ColumnRef column -> OptionalInt.of(column.index());
      case Expression.Cast cast -> source(cast.operand());
      case Expression.Call call when !call.arguments().isEmpty() ->
          source(call.arguments().getFirst());
      case Expression.Case choice -> source(choice.otherwise());
      case Expression.Call _, Expression.UserCall _, Expression.Literal _ -> OptionalInt.empty();
    };
  }
}
