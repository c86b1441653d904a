package dev.freshet.debezium;

import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.SourceTable;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.debezium.JdbcCatalog.Found;
import dev.freshet.debezium.MySqlSettings.TableChoice;
import dev.freshet.debezium.history.SchemaHistoryFile;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** Looks for what would keep a source from running, by way of JDBC. One use each. */
final class JdbcCheck {
  private final ServerSettings settings;
  private final String label;
  private final Server server;
  private final List<Problem> problems = new ArrayList<>();
  private final List<SourceTable> tables = new ArrayList<>();

  /** What servers differ in. */
  interface Server {
    /** The driver's class. */
    String driver();

    /** JDBC's address. */
    String jdbcUrl();

    /** For the driver, the login among them. */
    Properties properties();

    /** Where tables are that are named without a schema. */
    String schema();

    /** The database that the catalog's tables are in; empty where there are none. */
    String database();

    /** Adds what keeps the whole server from being captured. */
    void check(Connection connection, List<Problem> problems) throws SQLException;

    /** Adds what keeps a table from being captured. */
    void check(Connection connection, SourceTable table, List<Problem> problems)
        throws SQLException;
  }

  /**
   * @param label the server, for messages
   */
  JdbcCheck(ServerSettings settings, String label, Server server) {
    this.settings = settings;
    this.label = label;
    this.server = server;
  }

  SourceCheck run(ConnectorLoader loader, Resume resume, SchemaHistoryFile history) {
    try {
      loader.within(() -> {
        try (Connection connection = connect(loader)) {
          run(connection, resume, history);
        } catch (SQLException e) {
          problems.add(problem(ConnectorErrors.of("check", label, e)));
        }
        return this;
      });
    } catch (ReflectiveOperationException e) {
      String driver = settings.kind().jars.getLast().coordinates();
      problems.add(
          misconfigured(
              "Cannot load the driver of " + label + ": " + e,
              "put the driver's jar " + driver + " there anew"));
    }
    return new SourceCheck(tables, problems);
  }

  private Connection connect(ConnectorLoader loader)
      throws ReflectiveOperationException, SQLException {
    Driver driver =
        (Driver) loader.loadClass(server.driver()).getDeclaredConstructor().newInstance();
    Connection connection = driver.connect(server.jdbcUrl(), server.properties());
    if (connection == null) {
      throw new SQLException("the driver does not know this address");
    }
    return connection;
  }

  private static Problem problem(FreshetException e) {
    String message = String.valueOf(e.getMessage());
    int fix = message.indexOf(" Fix: ");
    return fix < 0
        ? new Problem(e.code(), message, "")
        : new Problem(e.code(), message.substring(0, fix), message.substring(fix + 6));
  }

  /** All but connecting. */
  SourceCheck run(Connection connection, Resume resume, SchemaHistoryFile history)
      throws SQLException {
    server.check(connection, problems);
    JdbcCatalog catalog = new JdbcCatalog(connection, server.database());
    for (TableChoice choice : settings.tables()) {
      choose(catalog, choice);
    }
    for (SourceTable table : tables) {
      server.check(connection, table, problems);
    }
    checkNames();
    if (resume instanceof Resume.After after && Position.read(after.position()).isStreaming()) {
      checkCaptured(Position.read(after.position()), history);
    }
    return new SourceCheck(tables, problems);
  }

  private void choose(JdbcCatalog catalog, TableChoice choice) throws SQLException {
    int dot = choice.pattern().indexOf('.');
    String schema = dot < 0 ? server.schema() : choice.pattern().substring(0, dot);
    String table = choice.pattern().substring(dot + 1);
    boolean isAll = table.equals("*");
    List<Found> found = isAll ? catalog.tables(schema) : catalog.named(schema, table);
    if (found.isEmpty()) {
      problems.add(
          new Problem(
              ErrorCode.NOT_FOUND,
              isAll
                  ? "Cannot find tables to capture: schema "
                      + schema
                      + " at "
                      + label
                      + " has none that the user may see."
                  : "Cannot find table "
                      + schema
                      + "."
                      + table
                      + " at "
                      + label
                      + ", or the user may not see it.",
              "create it, write its name in the server's case, or grant SELECT on it"));
    }
    for (Found each : found) {
      String own = choice.alias().isEmpty() ? table : choice.alias();
      add(catalog, each, isAll ? each.table() : own);
    }
  }

  /**
   * @param name in Freshet
   */
  private void add(JdbcCatalog catalog, Found table, String name) throws SQLException {
    String origin = table.schema() + "." + table.table();
    if (tables.stream().anyMatch(other -> other.origin().equals(origin))) {
      return;
    }
    if (!table.kind().equals("TABLE")) {
      problems.add(
          misconfigured(
              "Cannot capture " + origin + ": it is a view.",
              "capture the tables beneath it, and write the view as a model"));
      return;
    }
    SourceTable found = catalog.table(table.schema(), table.table(), name);
    tables.add(found);
    if (found.keyColumns().length == 0) {
      problems.add(
          new Problem(
              ErrorCode.TABLE_WITHOUT_KEY,
              "Cannot capture "
                  + origin
                  + ": it has no primary key, so updates and deletes name no row.",
              "give it a primary key"));
    }
  }

  private void checkNames() {
    for (int i = 0; i < tables.size(); i++) {
      for (SourceTable other : tables.subList(0, i)) {
        if (other.name().equals(tables.get(i).name())) {
          problems.add(
              new Problem(
                  ErrorCode.CONFIG_INVALID,
                  "Invalid tables of source "
                      + settings.name()
                      + ": "
                      + other.origin()
                      + " and "
                      + tables.get(i).origin()
                      + " would both be named "
                      + other.name()
                      + ".",
                  "give one of them an alias"));
        }
      }
    }
  }

  private void checkCaptured(Position position, SchemaHistoryFile history) {
    String anew =
        "capture the tables anew: remove the source's data from Freshet's directory, so that it"
            + " begins with a snapshot";
    if (history.count() < position.shapes()) {
      problems.add(
          new Problem(
              ErrorCode.SOURCE_POSITION_LOST,
              "Cannot go on from "
                  + position
                  + ": the file of tables' shapes, sources/"
                  + settings.name()
                  + ".shapes in the state folder, is lost.",
              "put the file back from a backup, or " + anew));
      return;
    }
    for (SourceTable table : tables) {
      if (!history.tables().contains(table.origin())) {
        problems.add(notCaptured(table, anew));
      }
    }
  }

  static Problem notCaptured(SourceTable table, String anew) {
    return misconfigured(
        "Cannot capture "
            + table.origin()
            + " from where the log ends: it was not captured until now, so its rows are not there.",
        "take it into a source of its own, which begins with a snapshot; or " + anew);
  }

  static Problem misconfigured(String message, String fix) {
    return new Problem(ErrorCode.SOURCE_MISCONFIGURED, message, fix);
  }
}
