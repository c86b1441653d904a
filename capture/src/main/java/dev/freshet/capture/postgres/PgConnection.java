package dev.freshet.capture.postgres;

import dev.freshet.core.error.Check;
import dev.freshet.core.error.FreshetException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * A connection to the server, with the session settings that make its text forms predictable. One
 * thread uses it.
 */
final class PgConnection implements AutoCloseable {
  /** What a connection is for. */
  enum Purpose {
    QUERIES,
    /** Speaks the replication protocol; simple queries only. */
    REPLICATION
  }

  private static final int CONNECT_TIMEOUT_SECONDS = 10;
  private static final int CANCEL_TIMEOUT_SECONDS = 3;

  private final Connection connection;
  private final WatchedSocket socket;

  private PgConnection(Connection connection, WatchedSocket socket) {
    this.connection = connection;
    this.socket = socket;
  }

  /**
   * @throws FreshetException that says why there is no connection
   */
  static PgConnection open(ServerAddress address, Purpose purpose) {
    String id = UUID.randomUUID().toString();
    Properties properties = new Properties();
    properties.putAll(address.parameters());
    properties.setProperty("user", address.user());
    if (!address.password().isEmpty()) {
      properties.setProperty("password", address.password());
    }
    properties.putIfAbsent("connectTimeout", String.valueOf(CONNECT_TIMEOUT_SECONDS));
    properties.putIfAbsent("cancelSignalTimeout", String.valueOf(CANCEL_TIMEOUT_SECONDS));
    properties.putIfAbsent("ApplicationName", "freshet");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("socketFactory", WatchedSocketFactory.class.getName());
    properties.setProperty("socketFactoryArg", id);
    if (purpose == Purpose.REPLICATION) {
      properties.setProperty("replication", "database");
      properties.setProperty("assumeMinServerVersion", "14");
      properties.setProperty("preferQueryMode", "simple");
    }
    try {
      Connection connection = DriverManager.getConnection(address.jdbcUrl(), properties);
      WatchedSocket socket = WatchedSocketFactory.take(id);
      Check.that(socket != null, "the driver used our socket");
      PgConnection opened = new PgConnection(connection, java.util.Objects.requireNonNull(socket));
      opened.configureSession();
      return opened;
    } catch (SQLException e) {
      throw PgErrors.of("connect", address, e);
    } finally {
      WatchedSocketFactory.take(id);
    }
  }

  /**
   * Text forms must not depend on the server's or our settings; and nobody may time out a long
   * copy.
   */
  private void configureSession() throws SQLException {
    execute(
        "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';"
            + " SET bytea_output = 'hex'; SET extra_float_digits = 1; SET statement_timeout = 0;"
            + " SET standard_conforming_strings = on;"
            + " SET idle_in_transaction_session_timeout = 0; SET search_path = pg_catalog");
  }

  Connection jdbc() {
    return connection;
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  CopyManager copies() throws SQLException {
    return connection.unwrap(PGConnection.class).getCopyAPI();
  }

  /** Waits until the server has sent something; {@code false} when the time ran out first. */
  boolean awaitInput(int millis) throws SQLException {
    try {
      return socket.awaitReadable(millis);
    } catch (IOException e) {
      throw new SQLException("the connection broke: " + e.getMessage(), "08006", e);
    }
  }

  /**
   * Has the server end what this connection waits for: it would not notice there that the
   * connection is gone. From any thread; where the server cannot be asked, nothing happens.
   */
  void cancelQuery() {
    try {
      connection.unwrap(PGConnection.class).cancelQuery();
    } catch (SQLException e) {
      // There is nobody who could wait.
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      abort();
    }
  }

  /**
   * Drops the connection without a word to the server; for one that may be in the middle of a copy.
   */
  void abort() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
      Check.that(socket.isClosed(), "a socket that failed to close is closed");
    }
  }
}
