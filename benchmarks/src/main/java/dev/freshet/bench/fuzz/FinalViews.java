package dev.freshet.bench.fuzz;

import dev.freshet.bench.fuzz.FinalView.Input;
import dev.freshet.bench.fuzz.FinalView.Windows;
import dev.freshet.testing.property.Draws;
import java.util.ArrayList;
import java.util.List;

/** Random views with {@code emit: final} over the tables of a case that have a watermark. */
final class FinalViews {
  private final Draws draws;
  private final Expressions expressions;
  private final List<FuzzTable> timed;

  /**
   * @param timed tables with a watermark, at least one
   */
  FinalViews(Draws draws, List<FuzzTable> timed) {
    this.draws = draws;
    this.expressions = new Expressions(draws);
    this.timed = timed;
  }

  /** A query over inputs, which {@code {n}} stands for. */
  private record Query(String sql, List<String> columns) {}

  FinalView draw() {
    return switch (draws.weighted(5, 2, 2, 2, 2, 1, 3)) {
      case 0 -> over(List.of(input(draws.pick(windowed()))), groups(0).sql());
      case 1 -> over(List.of(input(Windows.NONE)), rows().sql());
      case 2 -> joined();
      case 3 -> best();
      case 4 -> numbered();
      case 5 -> near();
      default -> together();
    };
  }

  private List<Windows> windowed() {
    return List.of(Windows.TUMBLE, Windows.HOP, Windows.CUMULATE, Windows.SESSION);
  }

  private final List<Input> inputs = new ArrayList<>();

  private Input input(Windows windows) {
    FuzzTable table = draws.pick(timed);
    String partition = draws.pick(table.columns()).name();
    if (partition.equals(FuzzTable.TIME)) {
      partition = "k";
    }
    int step = draws.between(1, 4);
    int size = windows == Windows.SESSION ? draws.between(1, 3) : step * draws.between(1, 4);
    Input input = new Input(table, windows, step, size, partition);
    inputs.add(input);
    return input;
  }

  private static FinalView over(List<Input> inputs, String query) {
    String sql = query;
    for (int i = 0; i < inputs.size(); i++) {
      sql = sql.replace("{" + i + "}", inputs.get(i).sql());
    }
    return new FinalView(sql, query, inputs);
  }

  private List<FuzzColumn> scope(Input input) {
    return input.table().all();
  }

  private String where(Input input) {
    return draws.chance(0.4) ? " WHERE " + expressions.condition(scope(input), 2) : "";
  }

  /** A row for each window, or for each window and key; sessions have theirs. */
  private Query groups(int number) {
    Input input = inputs.get(number);
    List<String> keys = new ArrayList<>(List.of("window_start", "window_end"));
    List<String> items = new ArrayList<>(List.of("window_start AS ws", "window_end AS we"));
    List<String> columns = new ArrayList<>(List.of("ws", "we"));
    if (input.windows() == Windows.SESSION) {
      keys.add(input.partition());
      items.add(input.partition() + " AS g");
      columns.add("g");
    } else if (draws.chance(0.4)) {
      String key = draws.pick(scope(input)).name();
      keys.add(key);
      items.add(key + " AS g");
      columns.add("g");
    }
    int count = draws.between(1, 3);
    for (int i = 0; i < count; i++) {
      items.add(aggregate(scope(input)) + " AS a" + i);
      columns.add("a" + i);
    }
    String having = draws.chance(0.2) ? " HAVING COUNT(*) > " + draws.between(1, 2) : "";
    return new Query(
        "SELECT "
            + String.join(", ", items)
            + " FROM {"
            + number
            + "}"
            + where(input)
            + " GROUP BY "
            + String.join(", ", keys)
            + having,
        columns);
  }

  private String aggregate(List<FuzzColumn> scope) {
    String filter =
        draws.chance(0.2) ? " FILTER (WHERE " + expressions.condition(scope, 1) + ")" : "";
    Kind kind = draws.pick(List.of(Kind.values()));
    String operand = expressions.of(kind, scope, 1);
    return switch (draws.weighted(2, 1, 1, 2, 2, 2, 1)) {
      case 6 -> new Aggregates(draws, expressions).of(Kind.BIGINT, scope, filter);
      case 0 -> "COUNT(*)" + filter;
      case 1 -> "COUNT(" + operand + ")" + filter;
      case 2 -> "COUNT(DISTINCT " + operand + ")" + filter;
      case 3 -> "SUM(" + expressions.of(Kind.DECIMAL, scope, 1) + ")" + filter;
      case 4 -> draws.pick(List.of("MIN", "MAX")) + "(" + operand + ")" + filter;
      default -> new Aggregates(draws, expressions).of(Kind.TEXT, scope, filter);
    };
  }

  /** The rows themselves, or those of a moment together. */
  private Query rows() {
    Input input = inputs.getFirst();
    String where = where(input);
    return switch (draws.weighted(2, 2, 1)) {
      case 0 ->
          new Query(
              "SELECT k, ts, "
                  + expressions.of(Kind.TEXT, scope(input), 2)
                  + " AS x FROM {0}"
                  + where,
              List.of());
      case 1 ->
          new Query(
              "SELECT ts, " + aggregate(scope(input)) + " AS a0 FROM {0}" + where + " GROUP BY ts",
              List.of());
      default -> new Query("SELECT DISTINCT ts, k FROM {0}" + where, List.of());
    };
  }

  private FinalView joined() {
    Input first = input(draws.pick(List.of(Windows.TUMBLE, Windows.HOP, Windows.CUMULATE)));
    inputs.add(
        new Input(
            draws.pick(timed), first.windows(), first.stepSeconds(), first.sizeSeconds(), "k"));
    Query left = groups(0);
    Query right = groups(1);
    String type = draws.pick(List.of(" JOIN ", " LEFT JOIN ", " FULL JOIN "));
    String query =
        "SELECT l.ws, l.we, l.a0, r.we AS we2, r.a0 AS b0 FROM ("
            + left.sql()
            + ") AS l"
            + type
            + "("
            + right.sql()
            + ") AS r ON l.ws = r.ws AND l.we = r.we";
    return over(inputs, query);
  }

  /** The first rows of each window, by all columns. */
  private FinalView best() {
    input(draws.pick(windowed()));
    Query groups = groups(0);
    List<String> order = new ArrayList<>();
    for (String column : groups.columns()) {
      order.add(column + (draws.chance(0.5) ? " DESC NULLS LAST" : " ASC NULLS FIRST"));
    }
    String query =
        "SELECT "
            + String.join(", ", groups.columns())
            + " FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY ws, we ORDER BY "
            + String.join(", ", order)
            + ") AS n FROM ("
            + groups.sql()
            + ") AS i) AS o WHERE n <= "
            + draws.between(1, 2);
    return over(inputs, query);
  }

  /** Rows in their windows, with window functions over the window. */
  private FinalView numbered() {
    Input input = input(draws.pick(List.of(Windows.TUMBLE, Windows.HOP, Windows.CUMULATE)));
    String value = draws.pick(scope(input)).name();
    String query =
        "SELECT k, window_start, window_end, COUNT(*) OVER (PARTITION BY window_start, window_end) AS n,"
            + " LAG("
            + value
            + ") OVER (PARTITION BY window_start, window_end ORDER BY k, ts) AS l FROM {0}"
            + where(input);
    return over(inputs, query);
  }

  private FinalView together() {
    Input first = input(draws.pick(List.of(Windows.TUMBLE, Windows.HOP)));
    inputs.add(
        new Input(
            draws.pick(timed), first.windows(), first.stepSeconds(), first.sizeSeconds(), "k"));
    String set = draws.pick(List.of(" UNION ALL ", " UNION ", " EXCEPT ", " INTERSECT "));
    String query =
        "SELECT window_start, window_end, k FROM {0}"
            + where(first)
            + set
            + "SELECT window_start, window_end, k FROM {1}"
            + where(inputs.get(1));
    return over(inputs, query);
  }

  /** Rows whose times are near to each other: a left one's are known when no partner can come. */
  private FinalView near() {
    input(Windows.NONE);
    input(Windows.NONE);
    int before = draws.between(-2, 5);
    int after = draws.between(Math.max(-2, -before), 5);
    String join = draws.pick(List.of(" JOIN ", " LEFT JOIN "));
    String query =
        "SELECT l.k, l.ts, r.k AS k2, r.ts AS ts2 FROM (SELECT k, ts FROM {0}"
            + where(inputs.get(0))
            + ") AS l"
            + join
            + "(SELECT k, ts FROM {1}"
            + where(inputs.get(1))
            + ") AS r ON MOD(l.k, 3) = MOD(r.k, 3) AND r.ts >= "
            + moved("l.ts", -before)
            + " AND r.ts <= "
            + moved("l.ts", after);
    String rule = query + " WHERE " + moved("l.ts", Math.max(0, after)) + " < {watermark}";
    return new FinalView(over(inputs, query).sql(), rule, inputs);
  }

  private static String moved(String time, int seconds) {
    return "%s %s INTERVAL '%d' SECOND".formatted(time, seconds < 0 ? "-" : "+", Math.abs(seconds));
  }
}
