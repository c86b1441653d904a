package dev.freshet.sql.eventtime;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.Watermark;
import dev.freshet.sql.eventtime.Bound.Kind;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.Late;
import dev.freshet.sql.plan.PlanInputs;
import dev.freshet.sql.translate.Expressions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Reads the changes of tables one by one, with the watermark that they met, and leaves the late
 * ones out: above the conditions on the table's columns, so that a late row that the query does not
 * ask for is none. So are rows that were too far ahead of their time. Where rows are in several
 * windows, some of which are open, those that are closed are left out on top.
 *
 * <pre>
 * Project start of window of t       Project start of window of t
 *   Filter a > 1                 to    Project a, t
 *     Project a, t                       OnTime before the window's end, else late
 *       Scan                               NotAhead, if the table guards against it
 *                                            Filter a > 1
 *                                              Arrivals
 *
 * Windows of t                       Project without the watermark
 *   Scan                         to    OnTime before start + size, else left out
 *                                        Windows of t
 *                                          OnTime before the last window's end, else late
 *                                            Arrivals
 * </pre>
 */
final class OnTimeRows {
  private static final String WATERMARK = "$watermark";
  private static final String LATEST = "$latest";

  private final Bound bound;
  private final Function<String, Optional<Watermark>> watermarks;

  private OnTimeRows(Bound bound, Function<String, Optional<Watermark>> watermarks) {
    this.bound = bound;
    this.watermarks = watermarks;
  }

  /**
   * @param column a column that closes with this bound
   * @param watermarks what a table declares
   */
  static Plan of(
      Plan linear, int column, Bound bound, Function<String, Optional<Watermark>> watermarks) {
    OnTimeRows rows = new OnTimeRows(bound, watermarks);
    if (bound.kind() != Kind.WINDOWS) {
      return rows.onTime(linear);
    }
    int width = linear.schema().columnCount();
    Plan onTime = new Plan.OnTime(rows.tagged(linear), bound.closing(column), width, Late.LEFT_OUT);
    return new Plan.Project(onTime, columns(onTime, 0, width), linear.schema());
  }

  private Plan onTime(Plan plan) {
    Optional<TableRows> table = TableRows.of(plan);
    return table.isPresent()
        ? select(onTime(table.get()), table.get().columns(), plan.schema())
        : PlanInputs.map(plan, this::onTime);
  }

  /** The table's rows that the query asks for, with the watermark behind their columns. */
  private Plan onTime(TableRows table) {
    Plan.Scan scan = table.scan();
    Watermark declared = watermarks.apply(scan.relation()).orElseThrow();
    int watermark = scan.schema().columnCount();
    Schema schema = with(scan.schema(), WATERMARK);
    Plan rows =
        new Plan.Arrivals(scan.relation(), declared.isGuarded() ? with(schema, LATEST) : schema);
    for (Expression predicate : table.predicates()) {
      rows = new Plan.Filter(rows, predicate);
    }
    int time = scan.schema().indexOf(declared.column());
    if (declared.isGuarded()) {
      rows = new Plan.NotAhead(rows, time, watermark + 1);
    }
    return new Plan.OnTime(rows, bound.row().closing(time), watermark, Late.REPORTED);
  }

  /** The same rows as the plan's with the watermark behind their columns. */
  private Plan tagged(Plan plan) {
    Optional<TableRows> table = TableRows.of(plan);
    Schema schema = with(plan.schema(), WATERMARK);
    if (table.isPresent()) {
      List<Integer> columns = new ArrayList<>(table.get().columns());
      columns.add(table.get().scan().schema().columnCount());
      return select(onTime(table.get()), columns, schema);
    }
    return switch (plan) {
      case Plan.Filter filter -> new Plan.Filter(tagged(filter.input()), filter.predicate());
      case Plan.Project project -> {
        Plan input = tagged(project.input());
        List<Expression> expressions = new ArrayList<>(project.expressions());
        expressions.add(column(input, input.schema().columnCount() - 1));
        yield new Plan.Project(input, expressions, schema);
      }
      case Plan.Union union ->
          new Plan.Union(union.inputs().stream().map(this::tagged).toList(), schema);
      case Plan.Windows windows -> {
        Plan input = tagged(windows.input());
        Plan rows =
            new Plan.Windows(
                input,
                windows.kind(),
                windows.timeColumn(),
                windows.step(),
                windows.size(),
                windows.offset(),
                behind(input, windows.schema()));
        yield watermarkLast(rows, windows.input().schema().columnCount(), schema);
      }
      case Plan.Unnest unnest -> {
        Plan input = tagged(unnest.input());
        Plan rows =
            new Plan.Unnest(
                input, unnest.arrayColumn(), unnest.kind(), behind(input, unnest.schema()));
        yield watermarkLast(rows, unnest.input().schema().columnCount(), schema);
      }
      case Plan.Constants constants when constants.rows().isEmpty() ->
          new Plan.Constants(schema, List.of());
      default -> throw new IllegalArgumentException("not linear: " + plan);
    };
  }

  /** A table's columns and the conditions on them. */
  private record TableRows(Plan.Scan scan, List<Expression> predicates, List<Integer> columns) {
    /** Empty when the plan is more than conditions on and columns of one table. */
    static Optional<TableRows> of(Plan plan) {
      return switch (plan) {
        case Plan.Scan scan ->
            Optional.of(
                new TableRows(
                    scan,
                    List.of(),
                    IntStream.range(0, scan.schema().columnCount()).boxed().toList()));
        case Plan.Filter filter -> of(filter.input()).map(rows -> rows.where(filter.predicate()));
        case Plan.Project project
            when project.expressions().stream().allMatch(Expression.ColumnRef.class::isInstance) ->
            of(project.input()).map(rows -> rows.select(project.expressions()));
        default -> Optional.empty();
      };
    }

    private TableRows where(Expression predicate) {
      List<Expression> all = new ArrayList<>(predicates);
      all.add(Expressions.mapColumns(predicate, columns::get));
      return new TableRows(scan, all, columns);
    }

    private TableRows select(List<Expression> expressions) {
      List<Integer> selected =
          expressions.stream()
              .map(expression -> columns.get(((Expression.ColumnRef) expression).index()))
              .toList();
      return new TableRows(scan, predicates, selected);
    }
  }

  private static Plan select(Plan rows, List<Integer> columns, Schema schema) {
    return new Plan.Project(rows, columns.stream().map(c -> column(rows, c)).toList(), schema);
  }

  /** The tagged input's columns, then those that were added to the input without watermark. */
  private static Schema behind(Plan input, Schema output) {
    List<Column> columns = new ArrayList<>(input.schema().columns());
    columns.addAll(output.columns().subList(columns.size() - 1, output.columnCount()));
    return new Schema(columns);
  }

  private static Plan watermarkLast(Plan rows, int watermark, Schema schema) {
    List<Expression> order = new ArrayList<>(columns(rows, 0, watermark));
    order.addAll(columns(rows, watermark + 1, rows.schema().columnCount()));
    order.add(column(rows, watermark));
    return new Plan.Project(rows, order, schema);
  }

  private static Schema with(Schema schema, String hidden) {
    List<Column> columns = new ArrayList<>(schema.columns());
    String name = hidden;
    for (int n = 0; schema.indexOf(name) >= 0; n++) {
      name = hidden + n;
    }
    columns.add(Column.notNull(name, Simple.BIGINT));
    return new Schema(columns);
  }

  private static List<Expression> columns(Plan plan, int from, int to) {
    List<Expression> columns = new ArrayList<>();
    for (int c = from; c < to; c++) {
      columns.add(column(plan, c));
    }
    return columns;
  }

  private static Expression column(Plan plan, int index) {
    return new Expression.ColumnRef(index, plan.schema().type(index));
  }
}
