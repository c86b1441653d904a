package dev.freshet.engine.circuit;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.AggregateCall.Function;
import dev.freshet.sql.plan.AggregateCall.Quantifier;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An aggregation over windows that overlap, in two: rows are added up once per pane, the stretch of
 * a step in which all times are in the same windows, and what panes add up to once per window.
 *
 * <pre>
 * Aggregate by k, window: n = SUM(n)
 *   Windows of pane                               Aggregate by k, window: n = COUNT(*)
 *     Aggregate by k, pane: n = COUNT(*)    for     Windows of t
 *       panes of t                                    input
 *         input
 * </pre>
 *
 * Only for calls whose answer over all rows follows exactly from the answers over parts of them.
 *
 * @param windows whose windows they are
 * @param group the group's columns among the columns of {@code windows}
 * @param windowGroup which of the group's columns is the window
 * @param partial the calls over the rows of a pane, by columns of {@code windows}
 * @param combined the calls over the answers of panes
 * @param partialSchema the group's columns with the pane, then the partial answers
 */
record Panes(
    Plan.Windows windows,
    List<Integer> group,
    int windowGroup,
    List<AggregateCall> partial,
    List<AggregateCall> combined,
    Schema partialSchema) {
  private static final DataType WIDE = new DataType.Decimal(38, 0);

  /** The sum of 10^11 numbers of so many digits fits 38 digits: partial sums cannot overflow. */
  private static final int DIGITS_MAX = 27;

  /** Empty when the aggregation is not one over windows, or must see the rows themselves. */
  static Optional<Panes> of(Plan.Aggregate aggregate) {
    List<Integer> columns = new ArrayList<>();
    for (int c = 0; c < aggregate.input().schema().columnCount(); c++) {
      columns.add(c);
    }
    Plan input = aggregate.input();
    while (input instanceof Plan.Project project && isSelection(project)) {
      List<Expression> selected = project.expressions();
      columns.replaceAll(c -> ((Expression.ColumnRef) selected.get(c)).index());
      input = project.input();
    }
    return input instanceof Plan.Windows windows
        ? of(aggregate, windows, columns)
        : Optional.empty();
  }

  /** Whether a projection only leaves out, repeats or moves columns. */
  static boolean isSelection(Plan.Project project) {
    return project.expressions().stream().allMatch(Expression.ColumnRef.class::isInstance);
  }

  /**
   * @param columns for each column of the aggregation's input the one of the windows
   */
  static Optional<Panes> of(Plan.Aggregate aggregate, Plan.Windows windows, List<Integer> columns) {
    int window = windows.schema().columnCount() - 1;
    List<Integer> group = aggregate.groupColumns().stream().map(columns::get).toList();
    int windowGroup = group.indexOf(window);
    if (windowGroup < 0 || aggregate.calls().isEmpty() || windows.size() == windows.step()) {
      return Optional.empty();
    }
    Schema rows = windows.schema();
    List<AggregateCall> partial = new ArrayList<>();
    List<AggregateCall> combined = new ArrayList<>();
    List<Column> schema = new ArrayList<>();
    group.forEach(column -> schema.add(renamed(rows.column(column), "g" + schema.size())));
    for (AggregateCall call : aggregate.calls()) {
      Optional<AggregateCall> part = partial(moved(call, columns), rows, window);
      if (part.isEmpty()) {
        return Optional.empty();
      }
      partial.add(part.get());
      combined.add(
          new AggregateCall(
              call.function() == Function.COUNT ? Function.SUM : call.function(),
              Quantifier.ALL,
              List.of(schema.size()),
              OptionalInt.empty(),
              call.type()));
      schema.add(Column.nullable("p" + schema.size(), part.get().type()));
    }
    return Optional.of(
        new Panes(windows, group, windowGroup, partial, combined, new Schema(schema)));
  }

  private static Column renamed(Column column, String name) {
    return new Column(name, column.type(), column.nullability());
  }

  /** The call where each column stands elsewhere. */
  static AggregateCall moved(AggregateCall call, List<Integer> columns) {
    return new AggregateCall(
        call.function(),
        call.quantifier(),
        call.arguments().stream().map(columns::get).toList(),
        call.filter().isPresent()
            ? OptionalInt.of(columns.get(call.filter().getAsInt()))
            : OptionalInt.empty(),
        call.notNull().stream().map(columns::get).toList(),
        call.order(),
        call.options(),
        call.type(),
        call.user());
  }

  private static Optional<AggregateCall> partial(AggregateCall call, Schema rows, int window) {
    boolean plain =
        call.quantifier() == Quantifier.ALL
            && call.arguments().size() <= 1
            && call.order().isEmpty()
            && call.notNull().equals(call.arguments())
            && !call.arguments().contains(window);
    if (!plain) {
      return Optional.empty();
    }
    return switch (call.function()) {
      case COUNT, MIN, MAX, BOOL_AND, BOOL_OR -> Optional.of(call);
      case SUM -> sum(call, rows.type(call.arguments().getFirst()));
      default -> Optional.empty();
    };
  }

  /** Sums of floating-point numbers would be rounded once per pane: not from parts. */
  private static Optional<AggregateCall> sum(AggregateCall call, DataType argument) {
    if (argument instanceof DataType.Decimal decimal) {
      return decimal.precision() <= DIGITS_MAX ? Optional.of(call) : Optional.empty();
    }
    boolean integer = argument instanceof Simple && call.type() == Simple.BIGINT;
    return integer
        ? Optional.of(
            new AggregateCall(
                call.function(), call.quantifier(), call.arguments(), call.filter(), WIDE))
        : Optional.empty();
  }

  /** The group's columns among the partial answers with their windows, which stand last. */
  List<Integer> combinedGroup() {
    List<Integer> columns = new ArrayList<>();
    for (int g = 0; g < group.size(); g++) {
      columns.add(g == windowGroup ? partialSchema.columnCount() : g);
    }
    return columns;
  }

  /** The columns of what panes add up to, with the window behind them. */
  static Schema windowed(Schema partial) {
    List<Column> columns = new ArrayList<>(partial.columns());
    columns.add(Column.notNull("window", Simple.TIMESTAMP));
    return new Schema(columns);
  }
}
