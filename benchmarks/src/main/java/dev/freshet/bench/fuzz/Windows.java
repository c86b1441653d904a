package dev.freshet.bench.fuzz;

import dev.freshet.testing.property.Draws;
import java.util.ArrayList;
import java.util.List;

/**
 * Random window functions over the columns of a query. A function that depends on the order of
 * equal rows gets an order by all columns, so that rows which are equal in it are equal.
 */
final class Windows {
  private final Draws draws;
  private final List<FuzzColumn> columns;

  Windows(Draws draws, List<FuzzColumn> columns) {
    this.draws = draws;
    this.columns = columns;
  }

  /** A function with its OVER. */
  String call() {
    return switch (draws.weighted(3, 2, 3, 3, 4, 3, 3)) {
      case 0 -> ranking();
      case 1 -> "NTILE(" + draws.between(1, 4) + ") OVER (" + partition() + total() + ")";
      case 2 -> shift();
      case 3 -> pick();
      case 4 -> aggregate() + " OVER (" + partition() + total() + rows() + ")";
      case 5 -> aggregate() + " OVER (" + partition() + some() + peers() + ")";
      default -> distances();
    };
  }

  /** A condition for QUALIFY. */
  String condition() {
    String function = draws.pick(List.of("ROW_NUMBER()", "RANK()", "DENSE_RANK()"));
    String order = function.equals("ROW_NUMBER()") ? total() : some();
    return function
        + " OVER ("
        + partition()
        + order
        + ") "
        + draws.pick(List.of("<=", "=", "<"))
        + " "
        + draws.between(1, 4);
  }

  private String ranking() {
    String function =
        draws.pick(List.of("ROW_NUMBER", "RANK", "DENSE_RANK", "PERCENT_RANK", "CUME_DIST"));
    String order = function.equals("ROW_NUMBER") ? total() : some();
    return function + "() OVER (" + partition() + order + ")";
  }

  private String shift() {
    FuzzColumn column = draws.pick(columns);
    String rows = draws.chance(0.6) ? ", " + draws.between(0, 3) : "";
    String otherwise =
        !rows.isEmpty() && draws.chance(0.5) ? ", " + column.kind().literal(draws) : "";
    return draws.pick(List.of("LAG", "LEAD"))
        + "("
        + column.name()
        + rows
        + otherwise
        + ")"
        + nulls()
        + " OVER ("
        + partition()
        + total()
        + ")";
  }

  private String pick() {
    String column = draws.pick(columns).name();
    String call =
        switch (draws.weighted(1, 1, 1)) {
          case 0 -> "FIRST_VALUE(" + column + ")";
          case 1 -> "LAST_VALUE(" + column + ")";
          default -> "NTH_VALUE(" + column + ", " + draws.between(1, 3) + ")";
        };
    String frame = draws.chance(0.7) ? rows() : peers();
    return call + nulls() + " OVER (" + partition() + total() + frame + ")";
  }

  private String nulls() {
    return draws.chance(0.3) ? " IGNORE NULLS" : "";
  }

  private String aggregate() {
    List<FuzzColumn> numbers = columns.stream().filter(c -> isSummed(c.kind())).toList();
    String filter =
        draws.chance(0.2) ? " FILTER (WHERE " + draws.pick(columns).name() + " IS NOT NULL)" : "";
    if (!numbers.isEmpty() && draws.chance(0.5)) {
      return "SUM(" + draws.pick(numbers).name() + ")" + filter;
    }
    String column = draws.pick(columns).name();
    return switch (draws.weighted(1, 1, 2, 2)) {
      case 0 -> "COUNT(*)" + filter;
      case 1 -> "COUNT(" + column + ")" + filter;
      case 2 -> "MIN(" + column + ")" + filter;
      default -> "MAX(" + column + ")" + filter;
    };
  }

  private static boolean isSummed(Kind kind) {
    return kind == Kind.INTEGER || kind == Kind.DECIMAL;
  }

  /** An aggregate over a RANGE with distances in one column. */
  private String distances() {
    List<FuzzColumn> keys =
        columns.stream()
            .filter(c -> isSummed(c.kind()) || c.kind() == Kind.DATE || c.kind() == Kind.TIMESTAMP)
            .toList();
    if (keys.isEmpty()) {
      return ranking();
    }
    FuzzColumn key = draws.pick(keys);
    int from = draws.weighted(2, 1, 4, 1);
    int to = draws.weighted(2, 1, from == 2 ? 2 : 0, 3);
    String frame =
        " RANGE BETWEEN "
            + bound(from, "UNBOUNDED PRECEDING", key.kind(), from == 3 ? 0 : 1)
            + " AND "
            + bound(to, "UNBOUNDED FOLLOWING", key.kind(), from == 3 ? 2 : 0);
    return aggregate()
        + " OVER ("
        + partition()
        + "ORDER BY "
        + key.name()
        + direction()
        + frame
        + ")";
  }

  /**
   * @param nearness 0 for a short distance, 1 for one at least as long, 2 for one longer still
   */
  private String bound(int kind, String unbounded, Kind key, int nearness) {
    return switch (kind) {
      case 0 -> unbounded;
      case 1 -> nearness == 2 ? unbounded : "CURRENT ROW";
      case 2 -> distance(key, nearness) + " PRECEDING";
      default -> distance(key, nearness) + " FOLLOWING";
    };
  }

  private static String distance(Kind key, int nearness) {
    return switch (key) {
      case INTEGER -> Integer.toString(1 + nearness);
      case DECIMAL -> (1 + nearness) + ".50";
      case DATE -> "INTERVAL '" + (nearness == 2 ? 300 : 30 + 10 * nearness) + "' DAY";
      default -> "INTERVAL '" + (1 + 10 * nearness) + "' HOUR";
    };
  }

  private String rows() {
    int from = draws.between(-3, 2);
    int to = draws.between(from, 3);
    String begin = draws.chance(0.2) ? "UNBOUNDED PRECEDING" : rowBound(from);
    String end = draws.chance(0.2) ? "UNBOUNDED FOLLOWING" : rowBound(to);
    return " ROWS BETWEEN " + begin + " AND " + end;
  }

  private static String rowBound(int offset) {
    return offset == 0
        ? "CURRENT ROW"
        : Math.abs(offset) + (offset < 0 ? " PRECEDING" : " FOLLOWING");
  }

  private String peers() {
    return switch (draws.weighted(2, 1, 1, 1)) {
      case 0 -> "";
      case 1 -> " RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING";
      case 2 -> " RANGE BETWEEN CURRENT ROW AND CURRENT ROW";
      default -> " RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING";
    };
  }

  private String partition() {
    return draws.chance(0.6) ? "PARTITION BY " + draws.pick(columns).name() + " " : "";
  }

  /** An order by all columns. */
  private String total() {
    List<String> order = new ArrayList<>();
    for (FuzzColumn column : columns) {
      order.add(column.name() + direction());
    }
    return "ORDER BY " + String.join(", ", order);
  }

  private String some() {
    return "ORDER BY " + draws.pick(columns).name() + direction();
  }

  private String direction() {
    return (draws.chance(0.5) ? " DESC" : " ASC")
        + (draws.chance(0.5) ? " NULLS FIRST" : " NULLS LAST");
  }
}
