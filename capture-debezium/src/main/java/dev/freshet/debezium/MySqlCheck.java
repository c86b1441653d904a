package dev.freshet.debezium;

import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.SourceTable;
import dev.freshet.capture.jdbc.MySqlTypes;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.debezium.MySqlSettings.Address;
import dev.freshet.debezium.MySqlSettings.TableChoice;
import dev.freshet.debezium.history.SchemaHistoryFile;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Looks for everything that would keep a source from running. One use each. */
final class MySqlCheck {
  /** Debezium 3.5 reads no statement that names them. */
  private static final Set<String> UNREADABLE = Set.of("inet4", "inet6");

  private final MySqlSettings settings;
  private final Address address;
  private final Resume resume;
  private final SchemaHistoryFile history;
  private final Set<String> later;
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<SourceTable> tables = new ArrayList<>();

  /**
   * @param later tables that are left out now, by their names in Freshet
   */
  MySqlCheck(
      MySqlSettings settings,
      Address address,
      Resume resume,
      SchemaHistoryFile history,
      Set<String> later) {
    this.settings = settings;
    this.address = address;
    this.resume = resume;
    this.history = history;
    this.later = later;
  }

  SourceCheck run(ConnectorLoader loader) {
    try (Connection connection = MySqlDriver.connect(loader, settings, address)) {
      checkAll(new MySqlCatalog(connection));
    } catch (SQLException e) {
      problems.add(problem(ConnectorErrors.of("check", address.toString(), e)));
    } catch (ReflectiveOperationException e) {
      problems.add(
          new Problem(
              ErrorCode.SOURCE_MISCONFIGURED,
              "Cannot load the driver of " + address.flavour().product + ": " + e,
              "put the driver's jar " + address.flavour().driverArtifact + " there anew"));
    }
    return new SourceCheck(tables, problems, notes);
  }

  private static Problem problem(FreshetException e) {
    String message = String.valueOf(e.getMessage());
    int fix = message.indexOf(" Fix: ");
    return fix < 0
        ? new Problem(e.code(), message, "")
        : new Problem(e.code(), message.substring(0, fix), message.substring(fix + 6));
  }

  private void checkAll(MySqlCatalog catalog) throws SQLException {
    checkServer(catalog);
    checkPrivileges(catalog);
    for (TableChoice choice : settings.tables()) {
      choose(catalog, choice);
    }
    holdVanished();
    checkNames();
    if (resume instanceof Resume.After after) {
      Position position = Position.read(after.position());
      if (position.isStreaming()) {
        checkPosition(catalog, position, after.tables());
      }
    }
  }

  private void checkServer(MySqlCatalog catalog) throws SQLException {
    boolean isMariaDb = catalog.variable("version").toLowerCase(Locale.ROOT).contains("mariadb");
    if (isMariaDb != (address.flavour() == MySqlSettings.Flavour.MARIADB)) {
      problems.add(
          misconfigured(
              "Cannot capture "
                  + address
                  + ": the server is "
                  + (isMariaDb ? "MariaDB." : "MySQL."),
              "begin url with " + (isMariaDb ? "mariadb://" : "mysql://")));
    }
    if (!catalog.variable("log_bin").equals("ON")) {
      problems.add(
          misconfigured(
              "Cannot capture " + address + ": it writes no binary log.",
              "in the server's my.cnf, under [mysqld]: log_bin = binlog and server_id = 1; then"
                  + " restart it"));
      return;
    }
    checkVariable(catalog, "binlog_format", "ROW");
    checkVariable(catalog, "binlog_row_image", "FULL");
  }

  private void checkVariable(MySqlCatalog catalog, String name, String wanted) throws SQLException {
    String value = catalog.variable(name);
    if (!value.isEmpty() && !value.equalsIgnoreCase(wanted)) {
      problems.add(
          misconfigured(
              "Cannot capture "
                  + address
                  + ": "
                  + name
                  + " is "
                  + value
                  + ", and must be "
                  + wanted
                  + ".",
              "SET GLOBAL "
                  + name
                  + " = '"
                  + wanted
                  + "' (and in my.cnf, under [mysqld]); clients"
                  + " that are connected go on with the old value until they connect anew"));
    }
  }

  private void checkPrivileges(MySqlCatalog catalog) throws SQLException {
    String grants = String.join("\n", catalog.texts("SHOW GRANTS")).toUpperCase(Locale.ROOT);
    Set<String> lacking = new TreeSet<>();
    boolean mayAll = grants.contains("GRANT ALL PRIVILEGES ON *.*");
    boolean isMariaDb = address.flavour() == MySqlSettings.Flavour.MARIADB;
    if (!mayAll && !grants.contains("REPLICATION SLAVE")) {
      lacking.add("REPLICATION SLAVE");
    }
    if (!mayAll && !grants.contains("REPLICATION CLIENT") && !grants.contains("BINLOG MONITOR")) {
      lacking.add(isMariaDb ? "BINLOG MONITOR" : "REPLICATION CLIENT");
    }
    if (!mayAll && !grants.contains("RELOAD") && !grants.contains("FLUSH_TABLES")) {
      lacking.add("RELOAD");
    }
    if (!lacking.isEmpty()) {
      problems.add(
          misconfigured(
              "Cannot capture "
                  + address
                  + ": user "
                  + address.user()
                  + " lacks "
                  + String.join(", ", lacking)
                  + ".",
              "GRANT " + String.join(", ", lacking) + " ON *.* TO '" + address.user() + "'@'%'"));
    }
  }

  private void choose(MySqlCatalog catalog, TableChoice choice) throws SQLException {
    int dot = choice.pattern().indexOf('.');
    String database = dot < 0 ? address.database() : choice.pattern().substring(0, dot);
    String table = choice.pattern().substring(dot + 1);
    if (!table.equals("*")) {
      add(catalog, database, table, choice.alias().isEmpty() ? table : choice.alias());
      return;
    }
    List<String> found = catalog.tables(database);
    if (found.isEmpty()) {
      problems.add(
          new Problem(
              ErrorCode.NOT_FOUND,
              "Cannot find tables to capture: database "
                  + database
                  + " has none that user "
                  + address.user()
                  + " may see.",
              grantSelect(database, "*")));
    }
    for (String each : found) {
      add(catalog, database, each, each);
    }
  }

  private String grantSelect(String database, String table) {
    return "GRANT SELECT ON `"
        + database
        + "`."
        + (table.equals("*") ? "*" : "`" + table + "`")
        + " TO '"
        + address.user()
        + "'@'%'";
  }

  private void add(MySqlCatalog catalog, String database, String table, String name)
      throws SQLException {
    String origin = database + "." + table;
    if (tables.stream().anyMatch(other -> other.origin().equals(origin))) {
      return;
    }
    int before = problems.size();
    addChecked(catalog, database, table, name);
    List<Problem> own = problems.subList(before, problems.size());
    if (own.isEmpty() || !later.contains(name)) {
      return;
    }
    Optional<SourceTable> held = held(name, origin);
    if (held.isPresent() || resume instanceof Resume.FromNothing) {
      own.forEach(problem -> notes.add(name + " is left alone; to read it: " + problem));
      own.clear();
      tables.removeIf(each -> each.origin().equals(origin));
      held.ifPresent(tables::add);
    }
  }

  /** The table as it was: nothing of it is asked, and its definitions are followed. */
  private Optional<SourceTable> held(String name, String origin) {
    List<SourceTable> known = resume instanceof Resume.After after ? after.tables() : List.of();
    return known.stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .map(each ->
            new SourceTable(name, origin, each.schemaVersion(), each.schema(), each.keyColumns()));
  }

  /** What all tables of a database had among them, and is not there any more. */
  private void holdVanished() {
    for (String name : later) {
      if (tables.stream().noneMatch(table -> table.name().equals(name))) {
        history.tables().stream()
            .filter(origin -> origin.endsWith("." + name))
            .filter(this::isOfAllTables)
            .findFirst()
            .flatMap(origin -> held(name, origin))
            .ifPresent(table -> {
              notes.add(name + " is left alone, and not there.");
              tables.add(table);
            });
      }
    }
  }

  private boolean isOfAllTables(String origin) {
    String all = origin.substring(0, origin.indexOf('.')) + ".*";
    return settings.tables().stream()
        .anyMatch(choice ->
            choice.pattern().equals(all)
                || (choice.pattern().equals("*") && all.equals(address.database() + ".*")));
  }

  private void addChecked(MySqlCatalog catalog, String database, String table, String name)
      throws SQLException {
    String origin = database + "." + table;
    String kind = catalog.kind(database, table);
    if (kind.isEmpty()) {
      problems.add(
          new Problem(
              ErrorCode.NOT_FOUND,
              "Cannot find table "
                  + origin
                  + " at "
                  + address
                  + ", or user "
                  + address.user()
                  + " may not see it.",
              "create it, or " + grantSelect(database, table)));
      return;
    }
    if (!kind.equals("BASE TABLE")) {
      problems.add(
          misconfigured(
              "Cannot capture " + origin + ": it is a " + kind.toLowerCase(Locale.ROOT) + ".",
              "capture the tables beneath it, and write the view as a model"));
      return;
    }
    List<MySqlCatalog.Found> columns = new ArrayList<>();
    SourceTable found = catalog.table(database, table, name, columns);
    tables.add(found);
    checkColumns(found, columns);
    if (found.keyColumns().length == 0) {
      problems.add(
          new Problem(
              ErrorCode.TABLE_WITHOUT_KEY,
              "Cannot capture "
                  + origin
                  + ": it has no primary key, so updates and deletes name no"
                  + " row.",
              "ALTER TABLE `" + database + "`.`" + table + "` ADD PRIMARY KEY (...)"));
    }
  }

  private void checkColumns(SourceTable table, List<MySqlCatalog.Found> columns) {
    for (MySqlCatalog.Found column : columns) {
      if (UNREADABLE.contains(column.sqlType().toLowerCase(Locale.ROOT))) {
        problems.add(
            misconfigured(
                "Cannot capture "
                    + table.origin()
                    + ": column "
                    + column.name()
                    + " is of type "
                    + column.sqlType()
                    + ", which Debezium cannot read.",
                "leave the table out, or change the column to VARCHAR(45)"));
      } else if (MySqlTypes.isTakenAsText(column.sqlType(), column.type())) {
        notes.add(
            table.origin()
                + "."
                + column.name()
                + " has type "
                + column.sqlType()
                + ", which is captured as text ("
                + column.type().sql()
                + ").");
      }
    }
  }

  private void checkNames() {
    for (int i = 0; i < tables.size(); i++) {
      for (SourceTable other : tables.subList(0, i)) {
        if (other.name().equals(tables.get(i).name())) {
          problems.add(
              new Problem(
                  ErrorCode.CONFIG_INVALID,
                  "Invalid tables of a mysql source: "
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

  private void checkPosition(MySqlCatalog catalog, Position position, List<SourceTable> known)
      throws SQLException {
    String anew =
        "capture the tables anew: remove the source's data from Freshet's directory, so that it"
            + " begins with a snapshot";
    if (history.count() < position.shapes()) {
      checkShapes(known, position, anew);
    } else {
      checkCaptured(anew);
    }
    Object file = position.offset().get("file");
    if (problems.isEmpty() && file != null) {
      List<String> files = catalog.texts("SHOW BINARY LOGS");
      if (!files.contains(file.toString())) {
        problems.add(
            new Problem(
                ErrorCode.SOURCE_POSITION_LOST,
                "Cannot go on from "
                    + position
                    + ": the server has no longer its binary log "
                    + file
                    + ", or is another server.",
                "keep binary logs longer (expire_logs_days, binlog_expire_logs_seconds), and "
                    + anew));
      }
    }
  }

  /**
   * Without the file of shapes they are taken from the server as they are now, which is right when
   * they are still those of the log.
   */
  private void checkShapes(List<SourceTable> known, Position position, String anew) {
    for (SourceTable before : known) {
      if (before.origin().isEmpty()) {
        continue; // as it is held, not as the server had it
      }
      boolean isSame =
          tables.stream()
              .filter(table -> table.name().equals(before.name()))
              .allMatch(table -> table.schema().hasSameColumns(before.schema()));
      if (!isSame) {
        problems.add(
            new Problem(
                ErrorCode.SOURCE_POSITION_LOST,
                "Cannot go on from "
                    + position
                    + ": the file of tables' shapes, sources/"
                    + settings.name()
                    + ".shapes in the state folder, is lost, and "
                    + before.origin()
                    + " has changed since.",
                "put the file back from a backup, or " + anew));
      }
    }
    notes.add(
        "The file of tables' shapes is lost; they are taken from the server as they are now.");
  }

  private void checkCaptured(String anew) {
    for (SourceTable table : tables) {
      if (!history.tables().contains(table.origin())) {
        problems.add(
            misconfigured(
                "Cannot capture "
                    + table.origin()
                    + " from where the log ends: it was not captured until now, so its rows are not"
                    + " there.",
                "take it into a source of its own, which begins with a snapshot; or " + anew));
      }
    }
  }

  private static Problem misconfigured(String message, String fix) {
    return new Problem(ErrorCode.SOURCE_MISCONFIGURED, message, fix);
  }
}
