package dev.freshet.bench.fuzz;

import dev.freshet.testing.property.Draws;
import java.util.ArrayList;
import java.util.List;

/**
 * A table of a case: an integer key {@code k} and a few columns.
 *
 * @param columns without the key
 */
record FuzzTable(String name, List<FuzzColumn> columns) {
  private static final int KEY_MAX = 40;
  private static final double NULLS = 0.25;

  static FuzzTable draw(String name, Draws draws) {
    List<FuzzColumn> columns = new ArrayList<>();
    int count = draws.between(1, 5);
    for (int i = 0; i < count; i++) {
      columns.add(new FuzzColumn("c" + i, draws.pick(List.of(Kind.values()))));
    }
    return new FuzzTable(name, List.copyOf(columns));
  }

  String createSql() {
    StringBuilder sql =
        new StringBuilder("CREATE TABLE ").append(name).append(" (k INTEGER PRIMARY KEY");
    for (FuzzColumn column : columns) {
      sql.append(", ").append(column.name()).append(' ').append(column.kind().sql());
    }
    return sql.append(')').toString();
  }

  /** The key and the columns. */
  List<FuzzColumn> all() {
    List<FuzzColumn> all = new ArrayList<>();
    all.add(new FuzzColumn("k", Kind.INTEGER));
    all.addAll(columns);
    return all;
  }

  /** A column of the kind, seldom a constant; for what wants exactly that type. */
  String value(Kind kind, Draws draws) {
    List<FuzzColumn> fitting = all().stream().filter(column -> column.kind() == kind).toList();
    return fitting.isEmpty() || draws.chance(0.1)
        ? "CAST(" + kind.literal(draws) + " AS " + kind.sql() + ")"
        : draws.pick(fitting).name();
  }

  /** One change; of few keys, so that a step often changes one more than once. */
  FuzzChange change(Draws draws) {
    int key = draws.between(0, KEY_MAX);
    if (draws.chance(0.3)) {
      return new FuzzChange(this, key, List.of());
    }
    List<String> values = new ArrayList<>();
    for (FuzzColumn column : columns) {
      values.add(draws.chance(NULLS) ? "NULL" : column.kind().literal(draws));
    }
    return new FuzzChange(this, key, values);
  }
}
