package dev.freshet.bench.fuzz;

import dev.freshet.bench.fuzz.Queries.Select;
import dev.freshet.testing.property.Draws;
import java.util.List;

/** Random recursive queries that end: over the values of a table, or for a few rounds. */
final class Recursions {
  private final Draws draws;
  private final List<FuzzTable> tables;

  Recursions(Draws draws, List<FuzzTable> tables) {
    this.draws = draws;
    this.tables = tables;
  }

  Select draw() {
    Kind kind = draws.pick(draws.pick(tables).all()).kind();
    return draws.chance(0.6) ? closure(kind) : walks(kind);
  }

  /** What is reached from where, over edges that a table's rows give. */
  private Select closure(Kind kind) {
    String first =
        "SELECT e.s, e.t FROM " + edges(kind) + " AS e" + (draws.chance(0.5) ? some() : "");
    String edges = edges(kind) + " AS e";
    String next =
        switch (draws.weighted(4, 2, 2, 1)) {
          case 0 -> "SELECT r.s, e.t FROM r JOIN " + edges + " ON e.s = r.t";
          case 1 -> "SELECT e.s, r.t FROM " + edges + " JOIN r ON e.t = r.s";
          case 2 -> "SELECT r.t, e.t FROM r LEFT JOIN " + edges + " ON e.s = r.t";
          default ->
              "SELECT DISTINCT r.t, e.s FROM r, " + edges + " WHERE e.s = r.t AND r.s <> e.t";
        };
    String recursive = "WITH RECURSIVE r (s, t) AS (" + first + " UNION " + next + ") ";
    if (draws.chance(0.3)) {
      return new Select(
          recursive + "SELECT s AS o0, COUNT(*) AS o1 FROM r GROUP BY s",
          List.of(new FuzzColumn("o0", kind), new FuzzColumn("o1", Kind.BIGINT)));
    }
    return new Select(
        recursive + "SELECT s AS o0, t AS o1 FROM r",
        List.of(new FuzzColumn("o0", kind), new FuzzColumn("o1", kind)));
  }

  /** All ways of a few rounds, each as often as it is there. */
  private Select walks(Kind kind) {
    String join = draws.chance(0.3) ? " LEFT JOIN " : " JOIN ";
    return new Select(
        "WITH RECURSIVE r (x, n) AS (SELECT e.t, 0 FROM "
            + edges(kind)
            + " AS e"
            + some()
            + " UNION ALL SELECT e.t, r.n + 1 FROM r"
            + join
            + edges(kind)
            + " AS e ON e.s = r.x WHERE r.n < "
            + draws.between(0, 2)
            + ") SELECT x AS o0, n AS o1, COUNT(*) AS o2 FROM r GROUP BY x, n",
        List.of(
            new FuzzColumn("o0", kind),
            new FuzzColumn("o1", Kind.INTEGER),
            new FuzzColumn("o2", Kind.BIGINT)));
  }

  private String some() {
    return " WHERE e.k < " + draws.between(0, 20);
  }

  private String edges(Kind kind) {
    FuzzTable table = draws.pick(tables);
    return "(SELECT k, "
        + table.value(kind, draws)
        + " AS s, "
        + table.value(kind, draws)
        + " AS t FROM "
        + table.name()
        + ")";
  }
}
