package dev.freshet.sql.plan;

import dev.freshet.core.function.library.AggregateMethod;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A plan as text, one node a line, inputs indented below.
 *
 * <pre>
 * Project country, revenue = sum
 *   Aggregate by country: sum = SUM(amount)
 *     Filter (state = 'paid')
 *       Scan orders
 * </pre>
 */
public final class PlanText {
  private final Style style;
  private final StringBuilder text = new StringBuilder();

  private PlanText(Style style) {
    this.style = style;
  }

  private enum Style {
    /** For people: names, without types. */
    NAMES,
    /** For comparing: positions and types, no names but those of tables and their columns. */
    POSITIONS
  }

  /** The plan for people, as EXPLAIN shows it. */
  public static String of(Plan plan) {
    return new PlanText(Style.NAMES).print(plan);
  }

  /**
   * What identifies the plan's result: two plans have the same text just when they compute the same
   * from the same columns of the same tables, whatever their own columns are called. The text is
   * stable across runs and versions, for it keys stored state.
   */
  public static String fingerprint(Plan plan) {
    return new PlanText(Style.POSITIONS).print(plan);
  }

  private String print(Plan plan) {
    print(plan, 0);
    return text.toString();
  }

  private void print(Plan plan, int depth) {
    text.append("  ".repeat(depth)).append(line(plan)).append('\n');
    for (Plan input : plan.inputs()) {
      print(input, depth + 1);
    }
  }

  private String line(Plan plan) {
    return switch (plan) {
      case Plan.Scan scan -> "Scan " + scan.relation() + scanColumns(scan.schema());
      case Plan.Arrivals arrivals ->
          "Arrivals " + arrivals.relation() + scanColumns(arrivals.schema());
      case Plan.OnTime onTime ->
          "OnTime before " + closing(onTime.schema(), onTime.closing()) + " late " + onTime.late();
      case Plan.NotAhead ahead ->
          "NotAhead " + ahead.schema().column(ahead.timeColumn()).name() + " of its time";
      case Plan.Expire expire -> "Expire at " + closing(expire.schema(), expire.closing());
      case Plan.Final last -> "Final at " + closing(last.schema(), last.closing());
      case Plan.Constants constants -> constants(constants);
      case Plan.Filter filter -> "Filter " + expressions(filter.schema()).print(filter.predicate());
      case Plan.Project project -> project(project);
      case Plan.Union _ -> "Union";
      case Plan.Distinct _ -> "Distinct";
      case Plan.Multiset multiset -> multiset.kind() + " ALL";
      case Plan.Unnest unnest -> unnest(unnest);
      case Plan.Join join -> join(join);
      case Plan.Aggregate aggregate -> aggregate(aggregate);
      case Plan.TopN top -> topN(top);
      case Plan.Windows windows -> windows(windows);
      case Plan.Sessions sessions -> sessions(sessions);
      case Plan.Over over -> over(over);
      case Plan.AsOf join -> asOf(join);
      case Plan.Recursion recursion ->
          recursion.kind() == Plan.RecursionKind.ALL ? "Recursion ALL" : "Recursion";
      case Plan.Recurse recurse -> "Recurse" + scanColumns(recurse.schema());
    };
  }

  private String closing(Schema schema, Plan.Closing closing) {
    String column = column(schema, closing.column());
    return closing.width() == 0
        ? column + " + " + closing.lag() + " microseconds"
        : column
            + " cut to "
            + closing.width()
            + " from "
            + closing.offset()
            + " + "
            + closing.lag()
            + " microseconds";
  }

  private String scanColumns(Schema schema) {
    if (style == Style.NAMES) {
      return "";
    }
    return schema.columns().stream()
        .map(column -> column.name() + " " + column.type().sql())
        .collect(Collectors.joining(", ", " (", ")"));
  }

  private String constants(Plan.Constants constants) {
    ExpressionText printer = expressions(constants.schema());
    return "Constants "
        + constants.rows().stream()
            .map(
                row -> row.stream().map(printer::print).collect(Collectors.joining(", ", "(", ")")))
            .collect(Collectors.joining(", "));
  }

  private String project(Plan.Project project) {
    ExpressionText printer = expressions(project.input().schema());
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < project.expressions().size(); i++) {
      String value = printer.print(project.expressions().get(i));
      String name = project.schema().column(i).name();
      boolean named = style == Style.NAMES && !value.equals(name);
      columns.add(named ? name + " = " + value : value);
    }
    return "Project " + String.join(", ", columns);
  }

  private String join(Plan.Join join) {
    StringBuilder line = new StringBuilder("Join ").append(join.kind());
    for (int i = 0; i < join.leftKeys().size(); i++) {
      line.append(i == 0 ? " on " : " and ")
          .append(column(join.left().schema(), join.leftKeys().get(i)))
          .append(" = ")
          .append(column(join.right().schema(), join.rightKeys().get(i)));
    }
    if (!join.residual().equals(Expression.TRUE)) {
      line.append(" where ").append(expressions(join.schema()).print(join.residual()));
    }
    return line.toString();
  }

  private String asOf(Plan.AsOf join) {
    StringBuilder line = new StringBuilder("AsOf ").append(join.kind());
    for (int i = 0; i < join.leftKeys().size(); i++) {
      line.append(i == 0 ? " on " : " and ")
          .append(column(join.left().schema(), join.leftKeys().get(i)))
          .append(" = ")
          .append(column(join.right().schema(), join.rightKeys().get(i)));
    }
    return line.append(" match ")
        .append(column(join.right().schema(), join.rightTime()))
        .append(' ')
        .append(join.match())
        .append(' ')
        .append(column(join.left().schema(), join.leftTime()))
        .toString();
  }

  private String unnest(Plan.Unnest unnest) {
    Schema input = unnest.input().schema();
    return "Unnest "
        + unnest.kind()
        + " "
        + column(input, unnest.arrayColumn())
        + (unnest.hasPlace() ? " with ordinality" : "");
  }

  private String aggregate(Plan.Aggregate aggregate) {
    Schema input = aggregate.input().schema();
    StringBuilder line = new StringBuilder("Aggregate");
    if (!aggregate.groupColumns().isEmpty()) {
      line.append(" by ").append(columns(input, aggregate.groupColumns()));
    }
    List<String> calls = new ArrayList<>();
    for (int i = 0; i < aggregate.calls().size(); i++) {
      String name = aggregate.schema().column(aggregate.groupColumns().size() + i).name();
      String call = call(input, aggregate.calls().get(i));
      calls.add(style == Style.NAMES ? name + " = " + call : call);
    }
    if (!calls.isEmpty()) {
      line.append(": ").append(String.join(", ", calls));
    }
    return line.toString();
  }

  private String call(Schema input, AggregateCall call) {
    String arguments = call.arguments().isEmpty() ? "*" : columns(input, call.arguments());
    String quantifier = call.quantifier() == AggregateCall.Quantifier.DISTINCT ? "DISTINCT " : "";
    String filter =
        call.filter().isPresent() ? " FILTER " + column(input, call.filter().getAsInt()) : "";
    String type = style == Style.POSITIONS ? ":" + call.type().sql() : "";
    String name =
        style == Style.POSITIONS
            ? call.user().map(AggregateMethod::toString).orElse(call.name())
            : call.name();
    return name + "(" + quantifier + arguments + details(input, call) + ")" + type + filter;
  }

  /** What most calls do not have: options, an order, NULLs that count. */
  private String details(Schema input, AggregateCall call) {
    StringBuilder text = new StringBuilder();
    call.options().forEach(option -> text.append(", ").append(expressions(input).print(option)));
    if (!call.order().isEmpty()) {
      text.append(" ORDER BY ");
      text.append(
          call.order().stream().map(key -> sortKey(input, key)).collect(Collectors.joining(", ")));
    }
    if (!call.notNull().equals(call.arguments())) {
      text.append(" NOT NULL [").append(columns(input, call.notNull())).append(']');
    }
    return text.toString();
  }

  private String topN(Plan.TopN top) {
    StringBuilder line = new StringBuilder("TopN");
    line.append(ordered(top.schema(), top.partitionColumns(), top.order()));
    if (top.limit() != Plan.TopN.NO_LIMIT) {
      line.append(" limit ").append(top.limit());
    }
    if (top.offset() > 0) {
      line.append(" offset ").append(top.offset());
    }
    return line.toString();
  }

  private String windows(Plan.Windows windows) {
    return "Windows "
        + windows.kind()
        + " of "
        + column(windows.schema(), windows.timeColumn())
        + " step "
        + windows.step()
        + " size "
        + windows.size()
        + (windows.offset() == 0 ? "" : " offset " + windows.offset())
        + " microseconds";
  }

  private String sessions(Plan.Sessions sessions) {
    String partition =
        sessions.partitionColumns().isEmpty()
            ? ""
            : " per " + columns(sessions.schema(), sessions.partitionColumns());
    return "Sessions"
        + partition
        + " of "
        + column(sessions.schema(), sessions.timeColumn())
        + " gap "
        + sessions.gap()
        + " microseconds";
  }

  private String over(Plan.Over over) {
    Schema input = over.input().schema();
    List<String> calls = new ArrayList<>();
    for (int i = 0; i < over.calls().size(); i++) {
      String name = over.schema().column(input.columnCount() + i).name();
      String call = windowCall(input, over.calls().get(i));
      calls.add(style == Style.NAMES ? name + " = " + call : call);
    }
    return "Over"
        + ordered(input, over.partitionColumns(), over.order())
        + ": "
        + String.join(", ", calls);
  }

  private String windowCall(Schema input, WindowCall call) {
    return switch (call) {
      case WindowCall.Rank rank -> rank.ranking() + "()";
      case WindowCall.Tile tile -> "NTILE(" + tile.parts() + ")";
      case WindowCall.Shift shift ->
          (shift.rows() < 0 ? "LAG(" : "LEAD(")
              + column(input, shift.column())
              + ", "
              + Math.abs(shift.rows())
              + (shift.otherwise().isPresent()
                  ? ", " + column(input, shift.otherwise().getAsInt())
                  : "")
              + ")"
              + nulls(shift.nulls());
      case WindowCall.Pick pick ->
          (pick.nth() == 1 ? pick.end() + "_VALUE(" : "NTH_VALUE(")
              + column(input, pick.column())
              + (pick.nth() == 1 ? ")" : ", " + pick.nth() + ") FROM " + pick.end())
              + nulls(pick.nulls())
              + frame(input, pick.frame());
      case WindowCall.Framed framed -> call(input, framed.call()) + frame(input, framed.frame());
    };
  }

  private static String nulls(WindowCall.Nulls nulls) {
    return nulls == WindowCall.Nulls.SKIP ? " IGNORE NULLS" : "";
  }

  private String frame(Schema input, WindowFrame frame) {
    return frame.equals(WindowFrame.ALL)
        ? ""
        : " "
            + frame.unit()
            + " FROM "
            + bound(input, frame.from(), "FIRST")
            + " TO "
            + bound(input, frame.to(), "LAST");
  }

  private String bound(Schema input, WindowFrame.Bound bound, String end) {
    return switch (bound) {
      case WindowFrame.Bound.Unbounded _ -> end;
      case WindowFrame.Bound.CurrentRow _ -> "CURRENT";
      case WindowFrame.Bound.Rows rows -> (rows.offset() < 0 ? "" : "+") + rows.offset();
      case WindowFrame.Bound.Value value -> expressions(input).print(value.value());
    };
  }

  private String ordered(Schema schema, List<Integer> partition, List<SortKey> order) {
    String by = order.stream().map(key -> sortKey(schema, key)).collect(Collectors.joining(", "));
    return (partition.isEmpty() ? "" : " per " + columns(schema, partition))
        + (order.isEmpty() ? "" : " by " + by);
  }

  private String sortKey(Schema schema, SortKey key) {
    return column(schema, key.column())
        + (key.direction() == SortKey.Direction.DESCENDING ? " DESC" : " ASC")
        + " NULLS "
        + key.nulls();
  }

  private String columns(Schema schema, List<Integer> indexes) {
    return indexes.stream().map(i -> column(schema, i)).collect(Collectors.joining(", "));
  }

  private String column(Schema schema, int index) {
    return style == Style.NAMES ? schema.column(index).name() : "$" + index;
  }

  private ExpressionText expressions(Schema schema) {
    return style == Style.NAMES ? ExpressionText.named(schema) : ExpressionText.positional();
  }
}
