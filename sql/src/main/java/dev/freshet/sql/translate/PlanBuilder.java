package dev.freshet.sql.translate;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.ColumnRef;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.JoinKind;
import dev.freshet.sql.plan.SortKey;
import dev.freshet.sql.plan.WindowCall;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Makes plan nodes with derived schemas. Inner columns get names that follow from what they are (a
 * column keeps its name, an aggregate is named for its function, the rest for its position) and not
 * from aliases, so that equal computations in different models are equal plans.
 */
public final class PlanBuilder {
  private PlanBuilder() {}

  public static Expression column(Plan input, int index) {
    return new ColumnRef(index, input.schema().type(index));
  }

  /** All columns of the input from {@code from} on. */
  static List<Expression> columns(Plan input, int from, int to) {
    List<Expression> columns = new ArrayList<>(to - from);
    for (int i = from; i < to; i++) {
      columns.add(column(input, i));
    }
    return columns;
  }

  /**
   * The input's rows with these columns; the input itself when that changes nothing. A projection
   * of a projection becomes one, unless that would compute something twice.
   */
  public static Plan project(Plan input, List<Expression> expressions) {
    if (isIdentity(input, expressions)) {
      return input;
    }
    if (input instanceof Plan.Project inner && Expressions.mergeable(inner, expressions)) {
      return project(
          inner.input(),
          expressions.stream()
              .map(outer ->
                  Folding.everywhere(Expressions.replaceColumns(outer, inner.expressions()::get)))
              .toList());
    }
    if (input instanceof Plan.Windows || input instanceof Plan.Sessions) {
      Optional<Plan> narrowed = NarrowWindows.project(input, expressions);
      if (narrowed.isPresent()) {
        return narrowed.get();
      }
    }
    if (input instanceof Plan.Unnest unnest) {
      Optional<Plan> narrowed = NarrowUnnest.project(unnest, expressions);
      if (narrowed.isPresent()) {
        return narrowed.get();
      }
    }
    if (input instanceof Plan.Constants constants) {
      Optional<Plan> folded = ConstantRows.project(constants, expressions);
      if (folded.isPresent()) {
        return folded.get();
      }
    }
    Names names = new Names();
    List<Column> columns = new ArrayList<>(expressions.size());
    for (Expression expression : expressions) {
      String name =
          expression instanceof ColumnRef ref
              ? input.schema().column(ref.index()).name()
              : "c" + columns.size();
      columns.add(
          new Column(
              names.unique(name), expression.type(), Nullability.of(expression, input.schema())));
    }
    return new Plan.Project(input, List.copyOf(expressions), new Schema(columns));
  }

  private static boolean isIdentity(Plan input, List<Expression> expressions) {
    if (expressions.size() != input.schema().columnCount()) {
      return false;
    }
    for (int i = 0; i < expressions.size(); i++) {
      if (!(expressions.get(i) instanceof ColumnRef ref) || ref.index() != i) {
        return false;
      }
    }
    return true;
  }

  public static Plan filter(Plan input, Expression predicate) {
    if (input instanceof Plan.Windows windows) {
      return NarrowWindows.filter(windows, predicate);
    }
    return predicate.equals(Expression.TRUE) ? input : new Plan.Filter(input, predicate);
  }

  /** Windows of time; intervals in microseconds. */
  static Plan windows(
      Plan input, Plan.WindowKind kind, int timeColumn, long step, long size, long offset) {
    String name = kind == Plan.WindowKind.HOP ? "window_start" : "window_end";
    return new Plan.Windows(
        input, kind, timeColumn, step, size, offset, WindowScans.with(input.schema(), name));
  }

  /** Sessions; the gap in microseconds. */
  static Plan sessions(Plan input, List<Integer> partition, int timeColumn, long gap) {
    Schema schema = WindowScans.with(input.schema(), "window_start", "window_end");
    return new Plan.Sessions(input, partition, timeColumn, gap, schema);
  }

  public static Plan join(
      Plan left,
      Plan right,
      JoinKind kind,
      List<Integer> leftKeys,
      List<Integer> rightKeys,
      Expression residual) {
    return new Plan.Join(
        left,
        right,
        kind,
        List.copyOf(leftKeys),
        List.copyOf(rightKeys),
        residual,
        Plan.concat(left.schema(), right.schema(), kind));
  }

  /** GROUP BY. Columns of a projection below that it does not use are left out there. */
  public static Plan aggregate(Plan input, List<Integer> groupColumns, List<AggregateCall> calls) {
    if (calls.isEmpty() && !groupColumns.isEmpty()) {
      return new Plan.Distinct(
          project(input, groupColumns.stream().map(group -> column(input, group)).toList()));
    }
    if (input instanceof Plan.Project
        || input instanceof Plan.Windows
        || input instanceof Plan.Sessions) {
      SortedSet<Integer> used = new TreeSet<>(groupColumns);
      for (AggregateCall call : calls) {
        used.addAll(call.arguments());
        used.addAll(call.notNull());
        call.order().forEach(key -> used.add(key.column()));
        call.filter().ifPresent(used::add);
      }
      if (used.size() < input.schema().columnCount() && !used.isEmpty()) {
        List<Integer> kept = List.copyOf(used);
        Plan narrow =
            input instanceof Plan.Project project
                ? project(project.input(), kept.stream().map(project.expressions()::get).toList())
                : project(input, kept.stream().map(column -> column(input, column)).toList());
        return aggregate(
            narrow,
            groupColumns.stream().map(kept::indexOf).toList(),
            calls.stream().map(call -> moved(call, kept)).toList());
      }
    }
    Names names = new Names();
    List<Column> columns = new ArrayList<>();
    for (int group : groupColumns) {
      Column column = input.schema().column(group);
      columns.add(new Column(names.unique(column.name()), column.type(), column.nullability()));
    }
    for (AggregateCall call : calls) {
      String name = names.unique(call.name().toLowerCase(Locale.ROOT));
      columns.add(new Column(name, call.type(), nullability(input, groupColumns, call)));
    }
    return new Plan.Aggregate(
        input, List.copyOf(groupColumns), List.copyOf(calls), new Schema(columns));
  }

  private static AggregateCall moved(AggregateCall call, List<Integer> columns) {
    return new AggregateCall(
        call.function(),
        call.quantifier(),
        call.arguments().stream().map(columns::indexOf).toList(),
        call.filter().isPresent()
            ? OptionalInt.of(columns.indexOf(call.filter().getAsInt()))
            : OptionalInt.empty(),
        call.notNull().stream().map(columns::indexOf).toList(),
        call.order().stream()
            .map(key -> new SortKey(columns.indexOf(key.column()), key.direction(), key.nulls()))
            .toList(),
        call.options(),
        call.type(),
        call.user());
  }

  private static Column.Nullability nullability(
      Plan input, List<Integer> groupColumns, AggregateCall call) {
    if (call.function() == AggregateCall.Function.COUNT) {
      return Column.Nullability.NOT_NULL;
    }
    boolean mayBeNull =
        groupColumns.isEmpty()
            || call.user().isPresent()
            || call.filter().isPresent()
            || call.function() == AggregateCall.Function.VAR_SAMP
            || call.function() == AggregateCall.Function.STDDEV_SAMP
            || call.notNull().stream().anyMatch(a -> input.schema().column(a).mayBeNull())
            || call.arguments().stream().anyMatch(a -> input.schema().column(a).mayBeNull());
    return mayBeNull ? Column.Nullability.NULLABLE : Column.Nullability.NOT_NULL;
  }

  /** The input's columns, then one column per call. */
  static Plan window(
      Plan input, List<Integer> partition, List<SortKey> order, List<WindowCall> calls) {
    Names names = new Names();
    List<Column> columns = new ArrayList<>();
    for (Column column : input.schema().columns()) {
      columns.add(new Column(names.unique(column.name()), column.type(), column.nullability()));
    }
    for (WindowCall call : calls) {
      String name = names.unique(name(call).toLowerCase(Locale.ROOT));
      columns.add(new Column(name, call.type(), nullability(call)));
    }
    return new Plan.Over(
        input, List.copyOf(partition), List.copyOf(order), List.copyOf(calls), new Schema(columns));
  }

  private static String name(WindowCall call) {
    return switch (call) {
      case WindowCall.Rank rank -> rank.ranking().name();
      case WindowCall.Tile _ -> "ntile";
      case WindowCall.Shift shift -> shift.rows() < 0 ? "lag" : "lead";
      case WindowCall.Pick pick -> pick.nth() == 1 ? pick.end() + "_value" : "nth_value";
      case WindowCall.Framed framed -> framed.call().function().name();
    };
  }

  private static Column.Nullability nullability(WindowCall call) {
    return switch (call) {
      case WindowCall.Rank _, WindowCall.Tile _ -> Column.Nullability.NOT_NULL;
      case WindowCall.Framed framed when framed.call().function() == AggregateCall.Function.COUNT ->
          Column.Nullability.NOT_NULL;
      case WindowCall.Framed _, WindowCall.Shift _, WindowCall.Pick _ ->
          Column.Nullability.NULLABLE;
    };
  }

  /** UNION ALL of inputs that have the same types. */
  public static Plan union(List<Plan> inputs) {
    List<Column> columns = new ArrayList<>();
    Schema first = inputs.getFirst().schema();
    for (int i = 0; i < first.columnCount(); i++) {
      int at = i;
      boolean mayBeNull = inputs.stream().anyMatch(p -> p.schema().column(at).mayBeNull());
      columns.add(
          new Column(
              first.column(i).name(),
              first.type(i),
              mayBeNull ? Column.Nullability.NULLABLE : Column.Nullability.NOT_NULL));
    }
    return inputs.size() == 1
        ? inputs.getFirst()
        : new Plan.Union(List.copyOf(inputs), new Schema(columns));
  }

  /** The same rows under these column names. */
  public static Plan rename(Plan plan, List<String> names) {
    if (plan.schema().names().equals(names)) {
      return plan;
    }
    List<Column> columns = new ArrayList<>(names.size());
    for (int i = 0; i < names.size(); i++) {
      Column column = plan.schema().column(i);
      columns.add(new Column(names.get(i), column.type(), column.nullability()));
    }
    Schema schema = new Schema(columns);
    return switch (plan) {
      case Plan.Project project -> new Plan.Project(project.input(), project.expressions(), schema);
      case Plan.Aggregate aggregate ->
          new Plan.Aggregate(
              aggregate.input(), aggregate.groupColumns(), aggregate.calls(), schema);
      case Plan.Constants constants -> new Plan.Constants(schema, constants.rows());
      case Plan.Over over ->
          new Plan.Over(over.input(), over.partitionColumns(), over.order(), over.calls(), schema);
      case Plan.Scan _,
          Plan.Filter _,
          Plan.Union _,
          Plan.Distinct _,
          Plan.Join _,
          Plan.TopN _,
          Plan.Multiset _,
          Plan.Unnest _,
          Plan.Windows _,
          Plan.Sessions _,
          Plan.Arrivals _,
          Plan.NotAhead _,
          Plan.OnTime _,
          Plan.Expire _,
          Plan.Final _,
          Plan.AsOf _,
          Plan.Recursion _,
          Plan.Recurse _ ->
          new Plan.Project(plan, columns(plan, 0, names.size()), schema);
    };
  }

  /** Hands out column names, each once. */
  private static final class Names {
    private final Set<String> taken = new HashSet<>();

    String unique(String name) {
      String unique = name;
      for (int n = 0; !taken.add(unique); n++) {
        unique = name + n;
      }
      return unique;
    }
  }
}
