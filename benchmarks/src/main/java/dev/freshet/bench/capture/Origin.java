package dev.freshet.bench.capture;

import dev.freshet.capture.postgres.PostgresConfig;
import dev.freshet.capture.postgres.PostgresConfig.TableChoice;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * The PostgreSQL that all sides read, with commits on disk. What is read from it are tables of rows
 * of some 100 bytes whose ids count from 1. One thread owns it.
 */
public final class Origin implements AutoCloseable {
  private static final long DROP_SECONDS = 60;

  private final EmbeddedPostgres server;
  private final Connection connection;
  private final Path file;

  private Origin(EmbeddedPostgres server, Connection connection, Path file) {
    this.server = server;
    this.connection = connection;
    this.file = file;
  }

  /**
   * @param folder for the cluster, and the file that tells other processes where it is
   */
  public static Origin start(Path folder) throws IOException, SQLException {
    EmbeddedPostgres server =
        EmbeddedPostgres.start(
            folder.resolve("postgres"), PostgresOptions.durable().with("max_wal_size", "8GB"));
    try {
      Path file = folder.resolve("server.properties");
      Properties properties = new Properties();
      properties.setProperty("port", String.valueOf(server.port()));
      properties.setProperty("user", EmbeddedPostgres.USER);
      properties.setProperty("password", server.password());
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try (Writer writer = Files.newBufferedWriter(file)) {
        properties.store(writer, null);
      }
      return new Origin(server, server.connect(), file);
    } catch (IOException | SQLException e) {
      server.close();
      throw e;
    }
  }

  /** Where other processes read how to connect. */
  public Path file() {
    return file;
  }

  EmbeddedPostgres server() {
    return server;
  }

  /** A new connection, of the caller. */
  public Connection connect() throws SQLException {
    return server.connect();
  }

  /** The address with its password: for a program that connects, never for a message. */
  public String url() {
    return server.uriWithPassword(EmbeddedPostgres.USER);
  }

  /** The source that Freshet reads a table with, of another process as well. */
  static PostgresConfig config(Path file, String table, String slot) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    String url =
        "postgres://%s:%s@127.0.0.1:%s/postgres"
            .formatted(
                properties.getProperty("user"),
                properties.getProperty("password"),
                properties.getProperty("port"));
    return PostgresConfig.of("bench", url, List.of(TableChoice.of(table))).withSlot(slot, table);
  }

  /** Makes an empty table, and a publication of its name. */
  void create(String table) throws SQLException {
    sql(
        "CREATE TABLE "
            + table
            + " (id bigint PRIMARY KEY, customer int, amount numeric(12, 2), at timestamptz, note"
            + " text)");
    sql("CREATE PUBLICATION " + table + " FOR TABLE " + table);
  }

  public void createSlot(String slot) throws SQLException {
    sql("SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
  }

  /** All of them; the server may take a moment to notice that a reader is gone. */
  public void dropSlots() throws SQLException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DROP_SECONDS);
    while (!one("SELECT count(*) FROM pg_replication_slots").equals("0")) {
      if (System.nanoTime() > deadline) {
        throw new SQLException("a replication slot is read from for " + DROP_SECONDS + " s");
      }
      sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active");
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  /** Inserts rows, so many a transaction. */
  void insert(String table, long rows, long rowsATransaction) throws SQLException {
    for (long from = 1; from <= rows; from += rowsATransaction) {
      long to = Math.min(rows, from + rowsATransaction - 1);
      sql(
          ("INSERT INTO %s SELECT i, i %% 1000, i / 100.0, now(), repeat('x', 60)"
                  + " FROM generate_series(%d, %d) i")
              .formatted(table, from, to));
    }
  }

  /** What reads all of so many rows adds their ids up to. */
  static long idSum(long rows) {
    return rows * (rows + 1) / 2;
  }

  public void sql(String statement) throws SQLException {
    try (Statement running = connection.createStatement()) {
      running.execute(statement);
    }
  }

  public String one(String query) throws SQLException {
    try (Statement running = connection.createStatement();
        ResultSet row = running.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  @Override
  public void close() throws SQLException {
    try (server) {
      connection.close();
    }
  }
}
