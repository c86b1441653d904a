package dev.freshet.bench.sourceload;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Two tables in a database of their own, and random transactions on them. One thread owns it. */
final class Tables implements AutoCloseable {
  static final List<String> NAMES = List.of("accounts", "visits");
  private static final int IDS = 60;
  private static final int CHANGES_MAX = 12;

  private final String database;
  private final Connection connection;
  private final Dialect dialect;
  private int extraColumns;
  private long n;

  /** How a database says it. */
  enum Dialect {
    POSTGRES(
        "(id bigint PRIMARY KEY, n bigint NOT NULL, note text, changed timestamptz NOT NULL DEFAULT"
            + " clock_timestamp())",
        "ON CONFLICT (id) DO UPDATE SET n = excluded.n, note = excluded.note, changed ="
            + " clock_timestamp()"),
    MARIADB(
        "(id bigint PRIMARY KEY, n bigint NOT NULL, note varchar(2000)) ENGINE=InnoDB",
        "ON DUPLICATE KEY UPDATE n = VALUES(n), note = VALUES(note)");

    private final String columns;
    private final String onConflict;

    Dialect(String columns, String onConflict) {
      this.columns = columns;
      this.onConflict = onConflict;
    }
  }

  /**
   * @param connection to the database, which is closed with the tables
   */
  Tables(Connection connection, String database, Dialect dialect) throws SQLException {
    this.database = database;
    this.connection = connection;
    this.dialect = dialect;
    for (String table : NAMES) {
      sql("CREATE TABLE " + table + " " + dialect.columns);
    }
  }

  String database() {
    return database;
  }

  long newest() {
    return n;
  }

  void sql(String statement) throws SQLException {
    try (Statement running = connection.createStatement()) {
      running.execute(statement);
    }
  }

  long count(String query) throws SQLException {
    try (Statement running = connection.createStatement();
        ResultSet row = running.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  /**
   * One transaction.
   *
   * @param deletes whether rows are deleted, and tables emptied
   */
  void write(SplittableRandom random, boolean deletes) throws SQLException {
    StringBuilder statements = new StringBuilder("BEGIN;");
    int changes = 1 + random.nextInt(CHANGES_MAX);
    for (int i = 0; i < changes; i++) {
      String table = NAMES.get(random.nextInt(NAMES.size()));
      int kind = random.nextInt(200);
      long id = random.nextInt(IDS);
      if (deletes && kind == 0) {
        statements.append("TRUNCATE TABLE ").append(table).append(';');
      } else if (deletes && kind < 50) {
        statements
            .append("DELETE FROM ")
            .append(table)
            .append(" WHERE id = ")
            .append(id)
            .append(';');
      } else {
        upsert(statements, table, id, random.nextInt(1, 1_000));
      }
    }
    sql(statements.append("COMMIT").toString());
  }

  private void upsert(StringBuilder statements, String table, long id, int length) {
    statements.append(
        "INSERT INTO %s (id, n, note) VALUES (%d, %d, repeat('x', %d)) %s;"
            .formatted(table, id, ++n, length, dialect.onConflict));
  }

  /** Changes a row of each table; returns it by its table, as {@link #rows} has it. */
  Map<String, List<String>> writeLast() throws SQLException {
    Map<String, List<String>> last = new TreeMap<>();
    StringBuilder statements = new StringBuilder("BEGIN;");
    for (String table : NAMES) {
      upsert(statements, table, IDS, 1);
      last.put(table, List.of(n + " 1"));
    }
    sql(statements.append("COMMIT").toString());
    return last;
  }

  /** Adds a column to one table. */
  void widen() throws SQLException {
    sql("ALTER TABLE " + NAMES.getFirst() + " ADD COLUMN extra" + ++extraColumns + " text");
  }

  Map<String, Map<Long, String>> rows() throws SQLException {
    Map<String, Map<Long, String>> all = new TreeMap<>();
    for (String table : NAMES) {
      Map<Long, String> rows = new TreeMap<>();
      try (Statement running = connection.createStatement();
          ResultSet found = running.executeQuery("SELECT id, n, length(note) FROM " + table)) {
        while (found.next()) {
          rows.put(found.getLong(1), found.getLong(2) + " " + found.getInt(3));
        }
      }
      all.put(table, rows);
    }
    return all;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
