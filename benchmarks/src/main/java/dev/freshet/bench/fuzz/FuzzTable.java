package dev.freshet.bench.fuzz;

import dev.freshet.testing.property.Draws;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A table of a case: an integer key {@code k} and a few columns.
 *
 * @param columns without the key
 * @param delaySeconds how late rows may be, for a table with a watermark: that of its last column
 * @param guarded whether some rows are centuries ahead, and the watermark does not follow them
 */
record FuzzTable(String name, List<FuzzColumn> columns, OptionalInt delaySeconds, boolean guarded) {
  /** The column of the watermark. */
  static final String TIME = "ts";

  private static final int KEY_MAX = 40;
  private static final double NULLS = 0.25;
  private static final LocalDateTime BEGIN = LocalDateTime.of(2026, 11, 24, 9, 0);
  private static final LocalDateTime FAR = LocalDateTime.of(2999, 11, 24, 9, 0);

  FuzzTable(String name, List<FuzzColumn> columns) {
    this(name, columns, OptionalInt.empty(), false);
  }

  static FuzzTable draw(String name, Draws draws) {
    List<FuzzColumn> columns = new ArrayList<>();
    int count = draws.between(1, 5);
    for (int i = 0; i < count; i++) {
      columns.add(new FuzzColumn("c" + i, draws.pick(List.of(Kind.values()))));
    }
    if (draws.chance(0.6)) {
      return new FuzzTable(name, List.copyOf(columns));
    }
    columns.add(new FuzzColumn(TIME, Kind.TIMESTAMP));
    return new FuzzTable(
        name, List.copyOf(columns), OptionalInt.of(draws.between(0, 8)), draws.chance(0.5));
  }

  boolean isTimed() {
    return delaySeconds.isPresent();
  }

  /** As Freshet takes it. */
  String createSql() {
    String table =
        create(
            isTimed()
                ? ", WATERMARK FOR ts AS ts - INTERVAL '" + delaySeconds.getAsInt() + "' SECOND"
                : "");
    return guarded ? table + " WITH ('scan.watermark.max-ahead' = '36500 d')" : table;
  }

  /** As any database takes it. */
  String plainSql() {
    return create("");
  }

  private String create(String watermark) {
    StringBuilder sql =
        new StringBuilder("CREATE TABLE ").append(name).append(" (k INTEGER PRIMARY KEY");
    for (FuzzColumn column : columns) {
      sql.append(", ").append(column.name()).append(' ').append(column.kind().sql());
    }
    return sql.append(watermark).append(')').toString();
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

  /**
   * One change; of few keys, so that a step often changes one more than once.
   *
   * @param step the times of a table with a watermark go on with it, with some disorder
   */
  FuzzChange change(Draws draws, int step) {
    int key = draws.between(0, KEY_MAX);
    if (draws.chance(0.3)) {
      return new FuzzChange(this, key, List.of());
    }
    List<String> values = new ArrayList<>();
    for (FuzzColumn column : columns) {
      if (column.name().equals(TIME)) {
        values.add(draws.chance(0.03) ? "NULL" : time(draws, step));
      } else {
        values.add(draws.chance(NULLS) ? "NULL" : column.kind().literal(draws));
      }
    }
    return new FuzzChange(this, key, values);
  }

  /** Whether a row of this time moves no watermark, and is in no final view. */
  boolean isFarAhead(LocalDateTime time) {
    return guarded && time.getYear() >= FAR.getYear();
  }

  private String time(Draws draws, int step) {
    LocalDateTime begin = guarded && draws.chance(0.05) ? FAR : BEGIN;
    int halfSeconds = 12 * step + draws.between(-24, 12);
    return Kind.timestamp(begin.plusNanos(halfSeconds * 500_000_000L));
  }
}
