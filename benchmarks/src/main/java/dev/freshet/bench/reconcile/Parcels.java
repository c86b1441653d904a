package dev.freshet.bench.reconcile;

import dev.freshet.core.batch.JsonText;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.system.FreshetSystem;
import dev.freshet.serve.backend.Reconciled.Kind;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Two tables in a PostgreSQL, and a project over them. Rows whose id divides by {@link #RESERVED}
 * are written by {@link #plant} and {@link #touch} only. One thread owns it.
 */
final class Parcels implements AutoCloseable {
  static final String SOURCE = "depot";
  static final List<String> TABLES = List.of("parcels", "stops");

  /** Each so many-th row. */
  static final int RESERVED = 50;

  private static final long START_SECONDS = 120;

  private final EmbeddedPostgres postgres;
  private final Connection connection;
  private final Path folder;
  private final int rows;
  private final Set<Integer> planted = new HashSet<>();

  private Parcels(EmbeddedPostgres postgres, Connection connection, Path folder, int rows) {
    this.postgres = postgres;
    this.connection = connection;
    this.folder = folder;
    this.rows = rows;
  }

  static Parcels create(Path folder, int rows) throws SQLException, IOException {
    EmbeddedPostgres postgres =
        EmbeddedPostgres.start(folder.resolve("postgres"), PostgresOptions.fast());
    try {
      Parcels parcels = new Parcels(postgres, postgres.connect(), folder, rows);
      parcels.createTables();
      return parcels;
    } catch (SQLException e) {
      postgres.close();
      throw e;
    }
  }

  private void createTables() throws SQLException, IOException {
    sql(
        "CREATE TABLE parcels (id bigint PRIMARY KEY, n bigint, weight numeric(12, 3), price float8,"
            + " note text, at timestamptz, tags text[])");
    sql(
        "CREATE TABLE stops (city text, place varchar(40), id int, n bigint, bytes bytea, PRIMARY KEY"
            + " (city, place, id))");
    for (String table : TABLES) {
      sql(insert(table));
    }
    write("freshet.yaml", "name: depot\nserve:\n  port: 0\n");
    write(
        "sources/" + SOURCE + ".yaml",
        "kind: postgres\nurl: "
            + postgres.uriWithPassword(EmbeddedPostgres.USER)
            + "\ntables: [public.parcels, public.stops]\n");
  }

  /** Makes the first rows of a table; a condition may follow. */
  private String insert(String table) {
    String row =
        table.equals("parcels")
            ? "i, 0, i / 8.0, CASE i % 5 WHEN 0 THEN 'NaN'::float8 WHEN 1 THEN '-0' ELSE i / 7.0 END,"
                + " CASE i % 3 WHEN 0 THEN NULL ELSE repeat('x', i % 4000) END,"
                + " '2026-01-01'::timestamptz + i * interval '1 s', ARRAY[i::text, NULL]"
            : "(ARRAY['Æble', 'zoo', 'Zoo', 'a b', E'q\\'\"\\\\'])[i % 5 + 1], '€' || i % 7, i, 0,"
                + " decode(md5(i::text), 'hex')";
    return "INSERT INTO " + table + " SELECT " + row + " FROM generate_series(1, " + rows + ") i";
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve("project").resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  Connection connect() throws SQLException {
    return postgres.connect();
  }

  int rows() {
    return rows;
  }

  /** The project, when its first rows are read. */
  FreshetSystem start() throws InterruptedException {
    FreshetSystem system =
        FreshetSystem.start(ProjectReader.read(folder.resolve("project"), Map.of(), ""));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!system.status().sources().getFirst().state().equals("streaming")) {
      if (System.nanoTime() > end) {
        system.close();
        throw new FreshetException(
            ErrorCode.TIMED_OUT, "Failed to start: no stream within " + START_SECONDS + " s.");
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return system;
  }

  /**
   * Changes reserved rows of both tables in such a way that replication leaves it out.
   *
   * @param most so many rows of a table at most
   * @return each row and how it differs now, as {@link #text}
   */
  Set<String> plant(SplittableRandom random, int most) throws SQLException {
    planted.clear();
    int wanted = 3 + random.nextInt(most - 2);
    while (planted.size() < wanted) {
      planted.add(RESERVED * (1 + random.nextInt(rows / RESERVED)));
    }
    String ids = ids();
    sql(
        "ALTER PUBLICATION freshet_depot SET TABLE parcels WHERE (id NOT IN ("
            + ids
            + ")), stops WHERE (id NOT IN ("
            + ids
            + "))");
    Set<String> wrong = new TreeSet<>();
    int turn = random.nextInt(3);
    for (int id : planted) {
      for (String table : TABLES) {
        Kind kind = Kind.values()[turn++ % 3];
        wrong.add(text(table, kind, plant(table, kind, id)));
      }
    }
    sql("ALTER PUBLICATION freshet_depot SET TABLE parcels, stops");
    return wrong;
  }

  private String ids() {
    return planted.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** Returns the row's key as JSON. */
  private String plant(String table, Kind kind, int id) throws SQLException {
    boolean isParcel = table.equals("parcels");
    String key =
        one(
            isParcel
                ? "SELECT json_build_object('id', id)::text FROM parcels WHERE id = " + id
                : "SELECT concat('{\"city\":', to_json(city), ',\"place\":', to_json(place), ',\"id\":',"
                    + " id, '}') FROM stops WHERE id = "
                    + id);
    switch (kind) {
      case EXTRA -> sql("DELETE FROM " + table + " WHERE id = " + id);
      case DIFFERENT -> sql("UPDATE " + table + " SET n = n + 1 WHERE id = " + id);
      case MISSING -> {
        String from = isParcel ? "parcels" : "stops";
        String columns = isParcel ? "n, weight, price, note, at, tags" : "n, bytes, city, place";
        // A key that was never there.
        int fresh =
            rows + 1 + id + rows * (int) (Long.parseLong(one("SELECT txid_current()")) % 100);
        sql(
            "ALTER PUBLICATION freshet_depot SET TABLE parcels WHERE (id NOT IN ("
                + ids()
                + ") AND id < "
                + (rows + 1)
                + "), stops WHERE (id NOT IN ("
                + ids()
                + ") AND id < "
                + (rows + 1)
                + ")");
        sql(
            "INSERT INTO "
                + from
                + " (id, "
                + columns
                + ") SELECT "
                + fresh
                + ", "
                + columns
                + " FROM "
                + from
                + " WHERE id = "
                + id);
        return isParcel
            ? "{\"id\":" + fresh + "}"
            : key.substring(0, key.lastIndexOf(':') + 1) + fresh + "}";
      }
    }
    return isParcel ? "{\"id\":" + id + "}" : key;
  }

  /** Changes the rows of the last {@link #plant}, so that replication takes it. */
  void touch() throws SQLException {
    for (String table : TABLES) {
      sql("UPDATE " + table + " SET n = n + 1 WHERE id IN (" + ids() + ")");
      sql("DELETE FROM " + table + " WHERE id > " + rows);
      sql(insert(table) + " WHERE i IN (" + ids() + ") ON CONFLICT DO NOTHING");
    }
  }

  static String text(String table, Kind kind, String key) {
    return kind + " " + table + " " + key;
  }

  /** Sums that PostgreSQL computes. */
  String sums(String table) throws SQLException {
    return one(
        "SELECT '{\"c\":' || COUNT(*) || ',\"n\":' || SUM(n) || ',\"i\":' || SUM(id) || '}' FROM "
            + table);
  }

  /** The same of what is held. */
  String sums(String table, FreshetSystem system) {
    return JsonText.row(
        system
            .backend()
            .query("SELECT COUNT(*) AS c, SUM(n) AS n, SUM(id) AS i FROM " + table, 1)
            .rows(),
        0);
  }

  private void sql(String statement) throws SQLException {
    try (Statement running = connection.createStatement()) {
      running.execute(statement);
    }
  }

  private String one(String query) throws SQLException {
    try (Statement running = connection.createStatement();
        ResultSet row = running.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  @Override
  public void close() throws SQLException {
    try (postgres) {
      connection.close();
    }
  }
}
