package dev.freshet.capture.trigger;

import dev.freshet.capture.trigger.Installation.Lack;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** What differs between the databases. Without state; safe for all threads. */
sealed interface Dialect permits PostgresDialect, MariaDbDialect {
  /**
   * The one of a database.
   *
   * @throws FreshetException SOURCE_MISCONFIGURED for another database
   */
  static Dialect of(Connection connection) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    String version = connection.getMetaData().getDatabaseProductVersion();
    if (product.equals("PostgreSQL")) {
      return new PostgresDialect();
    }
    if ((product + version).toLowerCase(Locale.ROOT).contains("mariadb")) {
      return new MariaDbDialect();
    }
    throw new FreshetException(
        ErrorCode.SOURCE_MISCONFIGURED,
        "Cannot capture by triggers from "
            + product
            + ": Freshet writes triggers for PostgreSQL and MariaDB. Fix: take kind: mysql for MySQL,"
            + " or kind: jdbc-poll.");
  }

  /** Prepares a connection that reads. Auto-commit is off. */
  void prepare(Connection connection) throws SQLException;

  /**
   * Takes the right to read a change table, which one session has at a time; it goes with the
   * connection.
   */
  boolean claim(Connection connection, ChangeTable changes) throws SQLException;

  /** Prepares a connection that deletes what was delivered. Auto-commit is off. */
  void prepareToDelete(Connection connection) throws SQLException;

  /** Where the change table is, or will be. */
  ChangeTable changeTable(Connection connection, String written) throws SQLException;

  /** Which installation a change table is of; empty when there is none. */
  String installation(Connection connection, ChangeTable changes) throws SQLException;

  /** The name of a table in the change table, which its triggers write. */
  String idOf(Connection connection, TriggerSettings.Table table) throws SQLException;

  /**
   * The tables to take, in their order, by their names in the change table.
   *
   * @throws FreshetException SOURCE_MISCONFIGURED when one is taken under two names: a change is
   *     read once, for one of them
   */
  default Map<String, TriggerSettings.Table> tablesById(
      Connection connection, TriggerSettings settings) throws SQLException {
    Map<String, TriggerSettings.Table> tables = new LinkedHashMap<>();
    for (TriggerSettings.Table each : settings.tables()) {
      TriggerSettings.Table before = tables.put(idOf(connection, each), each);
      if (before != null) {
        throw CapturedTable.misconfigured(
            each,
            "source "
                + settings.name()
                + " takes it twice, as "
                + before.name()
                + " and as "
                + each.name(),
            "leave one of them out of tables: in sources/"
                + settings.name()
                + ".yaml; a model gives a table a second name (SELECT * FROM "
                + before.name()
                + ")");
      }
    }
    return tables;
  }

  /**
   * Looks at a table.
   *
   * @throws FreshetException SOURCE_MISCONFIGURED when it cannot be captured as it is
   */
  CapturedTable describe(Connection connection, TriggerSettings.Table table) throws SQLException;

  /** Keeps the shape of tables as it is until the transaction ends, before it reads anything. */
  void keepShapes(Connection connection, List<CapturedTable> tables) throws SQLException;

  /**
   * All changes that are committed, in an order in which they may have happened:
   *
   * <pre>
   * id | transaction | time in microseconds | table | operation | row before | row after
   * </pre>
   *
   * Changes of one transaction follow each other; where the database does not tell transactions
   * apart, all are of one.
   *
   * @param without these tables, as the change table names them
   */
  String changes(ChangeTable changes, Set<String> without);

  /** A condition in SQL, with WHERE, that leaves tables out; empty when there is none. */
  static String without(Set<String> tables, UnaryOperator<String> literal) {
    return tables.isEmpty()
        ? ""
        : tables.stream()
            .sorted()
            .map(literal)
            .collect(Collectors.joining(", ", " WHERE tbl NOT IN (", ")"));
  }

  /** All rows of a table, as its triggers write them. */
  String snapshot(CapturedTable table);

  /** What of the change table, the function and the triggers does not stand as it should. */
  List<Lack> lacks(Connection connection, ChangeTable changes, List<CapturedTable> tables)
      throws SQLException;

  /**
   * Statements that take away what was installed, in their order.
   *
   * @param tables as the change table names them; the user may not see all of their triggers
   */
  List<String> removal(Connection connection, ChangeTable changes, List<String> tables)
      throws SQLException;

  /** The same statements for someone who runs them by hand: all or none, where that can be. */
  List<String> atOnce(List<String> statements);

  /** What a user should know of a table. */
  List<String> notes(Connection connection, CapturedTable table) throws SQLException;

  /** Statements that take away triggers of tables that are not taken any more. */
  List<String> removalOfOthers(
      Connection connection, ChangeTable changes, List<CapturedTable> tables) throws SQLException;

  /** The user of a connection, as GRANT takes it. */
  String user(Connection connection) throws SQLException;
}
