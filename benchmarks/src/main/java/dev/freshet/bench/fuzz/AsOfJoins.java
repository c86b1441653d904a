package dev.freshet.bench.fuzz;

import dev.freshet.bench.fuzz.Queries.Select;
import dev.freshet.testing.property.Draws;
import java.util.List;

/** Random ASOF joins. The right rows have different times, since DuckDB picks any of equal ones. */
final class AsOfJoins {
  private static final List<Kind> TIMES =
      List.of(Kind.INTEGER, Kind.BIGINT, Kind.DECIMAL, Kind.TEXT, Kind.DATE, Kind.TIMESTAMP);

  private final Draws draws;
  private final List<FuzzTable> tables;

  AsOfJoins(Draws draws, List<FuzzTable> tables) {
    this.draws = draws;
    this.tables = tables;
  }

  Select draw() {
    Kind key = draws.pick(draws.pick(tables).all()).kind();
    Kind time = draws.pick(TIMES);
    Kind value = draws.pick(TIMES);
    FuzzTable left = draws.pick(tables);
    FuzzTable right = draws.pick(tables);
    String leftRows =
        "(SELECT k, "
            + left.value(key, draws)
            + " AS g, "
            + left.value(time, draws)
            + " AS w FROM "
            + left.name()
            + ") AS l";
    String rightRows =
        "(SELECT g, w, MAX(v) AS v FROM (SELECT "
            + right.value(key, draws)
            + " AS g, "
            + right.value(time, draws)
            + " AS w, "
            + right.value(value, draws)
            + " AS v FROM "
            + right.name()
            + ") AS i GROUP BY g, w) AS r";
    String sql =
        "SELECT l.k AS o0, l.w AS o1, r.w AS o2, r.v AS o3 FROM "
            + leftRows
            + (draws.chance(0.5) ? " LEFT ASOF JOIN " : " ASOF JOIN ")
            + rightRows
            + " MATCH_CONDITION l.w "
            + draws.pick(List.of(">=", ">", "<=", "<"))
            + " r.w ON l.g = r.g"
            + (draws.chance(0.3) ? " WHERE r.v IS NOT NULL AND l.k < " + draws.between(3, 30) : "");
    return new Select(
        sql,
        List.of(
            new FuzzColumn("o0", Kind.INTEGER),
            new FuzzColumn("o1", time),
            new FuzzColumn("o2", time),
            new FuzzColumn("o3", value)));
  }

  /** DuckDB writes the comparison into ON. */
  static String forDuckDb(String sql) {
    return sql.replace("LEFT ASOF JOIN", "ASOF LEFT JOIN")
        .replaceAll(" MATCH_CONDITION (\\S+ \\S+ \\S+) ON ", " ON $1 AND ");
  }
}
