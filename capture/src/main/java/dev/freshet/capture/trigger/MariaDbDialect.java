package dev.freshet.capture.trigger;

import dev.freshet.capture.jdbc.MySqlTypes;
import dev.freshet.capture.jdbc.TableName;
import dev.freshet.capture.trigger.CapturedTable.ColumnShape;
import dev.freshet.capture.trigger.Catalog.Place;
import dev.freshet.capture.trigger.Installation.Lack;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** MariaDB: three triggers for each table, which name its columns. */
final class MariaDbDialect implements Dialect {
  private static final String QUOTE = "`";
  private static final int NAME_MAX = 64;
  private static final String ROW = ColumnShape.ROW;

  private static final String TABLE =
      """
      SELECT COALESCE(table_type, ''), COALESCE(engine, '') FROM information_schema.tables
      WHERE table_schema = ? AND table_name = ?\
      """;

  private static final String COLUMNS =
      """
      SELECT c.column_name, c.data_type, c.column_type, COALESCE(c.numeric_precision, 0) AS digits,
             COALESCE(c.numeric_scale, 0) AS scale, COALESCE(s.seq_in_index, 0) AS key_number
      FROM information_schema.columns c
      LEFT JOIN information_schema.statistics s
        ON s.table_schema = c.table_schema AND s.table_name = c.table_name AND s.column_name = c.column_name
           AND s.index_name = 'PRIMARY'
      WHERE c.table_schema = ? AND c.table_name = ?
      ORDER BY c.ordinal_position\
      """;

  private static final String TRIGGERS =
      """
      SELECT trigger_schema, trigger_name, event_object_schema, event_object_table, action_statement
      FROM information_schema.triggers WHERE LOCATE(BINARY ?, action_statement) = 1\
      """;

  /** The three things that happen to rows. */
  private enum Event {
    INSERT("i", "new_row"),
    UPDATE("u", "old_row, new_row"),
    DELETE("d", "old_row");

    private final String code;
    private final String columns;

    Event(String code, String columns) {
      this.code = code;
      this.columns = columns;
    }
  }

  private record Trigger(String schema, String name, String table, String body) {}

  @Override
  public void prepare(Connection connection) throws SQLException {
    connection.setReadOnly(true);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
  }

  @Override
  public boolean claim(Connection connection, ChangeTable changes) throws SQLException {
    List<Boolean> taken =
        Catalog.ask(
            connection,
            "SELECT GET_LOCK(CONCAT('freshet ', SHA1(?)), 0) = 1",
            row -> row.getBoolean(1),
            changes.sql());
    connection.rollback();
    return taken.getFirst();
  }

  /** With READ COMMITTED no gap is locked, in which others want to write. */
  @Override
  public void prepareToDelete(Connection connection) throws SQLException {
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION innodb_lock_wait_timeout = 5");
    }
  }

  @Override
  public ChangeTable changeTable(Connection connection, String written) throws SQLException {
    Place place = place(connection, written);
    return new ChangeTable(place.schema(), place.table(), place.sql());
  }

  /** As the server keeps the name, which is not as it is written where case says nothing. */
  private static Place place(Connection connection, String written) throws SQLException {
    Place place = Place.of(connection, written, QUOTE);
    String folding = Catalog.texts(connection, "SELECT @@lower_case_table_names").getFirst();
    if (folding.equals("0")) {
      return place;
    }
    List<Place> kept =
        Catalog.ask(
            connection,
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema = ?"
                + " AND table_name = ?",
            row -> Place.of(row.getString(1), row.getString(2), QUOTE),
            place.schema(),
            place.table());
    if (!kept.isEmpty()) {
      return kept.getFirst();
    }
    return folding.equals("1")
        ? Place.of(
            place.schema().toLowerCase(Locale.ROOT), place.table().toLowerCase(Locale.ROOT), QUOTE)
        : place;
  }

  @Override
  public String installation(Connection connection, ChangeTable changes) throws SQLException {
    List<String> comments =
        Catalog.texts(
            connection,
            "SELECT table_comment FROM information_schema.tables WHERE table_schema = ? AND"
                + " table_name = ?",
            changes.schema(),
            changes.table());
    return comments.isEmpty() ? "" : changes.installationOf(comments.getFirst());
  }

  @Override
  public String idOf(Connection connection, TriggerSettings.Table table) throws SQLException {
    return place(connection, table.origin()).id();
  }

  @Override
  public CapturedTable describe(Connection connection, TriggerSettings.Table table)
      throws SQLException {
    Place place = place(connection, table.origin());
    for (String[] found :
        Catalog.ask(
            connection,
            TABLE,
            row -> new String[] {row.getString(1), row.getString(2)},
            place.schema(),
            place.table())) {
      if (!found[0].equals("BASE TABLE")) {
        throw CapturedTable.misconfigured(
            table, "it is a " + found[0], "name the tables behind it");
      }
      if (!found[1].equals("InnoDB")) {
        throw CapturedTable.misconfigured(
            table,
            "its engine is "
                + found[1]
                + ", of which rows and changes cannot be read as of one"
                + " moment",
            "ALTER TABLE " + place.sql() + " ENGINE = InnoDB");
      }
    }
    List<ColumnShape> columns =
        Catalog.ask(connection, COLUMNS, MariaDbDialect::column, place.schema(), place.table());
    return CapturedTable.of(table, place.id(), place.sql(), place.sql(), columns);
  }

  private static ColumnShape column(ResultSet row) throws SQLException {
    String name = row.getString("column_name");
    String type = row.getString("data_type").toLowerCase(Locale.ROOT);
    String declared = row.getString("column_type").toLowerCase(Locale.ROOT);
    DataType found = MySqlTypes.of(type, declared, row.getInt("digits"), row.getInt("scale"));
    return new ColumnShape(
        name,
        found,
        form(type, found),
        expression(type, declared, found, ROW + "." + TableName.quoted(name, QUOTE)),
        MySqlTypes.isTakenAsText(type, found),
        row.getInt("key_number"));
  }

  private static CellForm form(String type, DataType found) {
    return switch (type) {
      case "bit" -> found == Simple.BOOLEAN ? CellForm.FLAG : CellForm.BITS;
      case "timestamp" -> CellForm.EPOCH_SECONDS;
      case "date", "datetime" -> CellForm.DATE_OR_ZERO;
      default ->
          found == Simple.BINARY
              ? CellForm.HEX
              : found == Simple.VARCHAR ? CellForm.TEXT : CellForm.PLAIN;
    };
  }

  /** The value as JSON_OBJECT writes it without loss, whatever the settings of the session. */
  private static String expression(String type, String declared, DataType found, String cell) {
    return switch (type) {
      case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "double" ->
          declared.contains("zerofill") ? cell + " + 0" : cell;
      case "year" -> "CAST(" + cell + " AS UNSIGNED)";
      case "float" -> "CAST(" + cell + " AS DOUBLE)";
      case "timestamp" -> "UNIX_TIMESTAMP(" + cell + ")";
      case "bit" -> bits(declared, found, cell);
      default -> {
        if (found != Simple.BINARY) {
          yield "CAST(" + cell + " AS CHAR CHARACTER SET utf8mb4)";
        }
        yield type.endsWith("blob") || type.endsWith("binary")
            ? "HEX(" + cell + ")"
            : "HEX(ST_AsWKB(" + cell + "))";
      }
    };
  }

  private static String bits(String declared, DataType found, String cell) {
    if (found == Simple.BOOLEAN) {
      return cell + " + 0";
    }
    int count = Integer.parseInt(declared.replaceAll("[^0-9]", ""));
    return "LPAD(HEX(" + cell + " + 0), " + 2 * Math.ceilDiv(count, 8) + ", '0')";
  }

  @Override
  public void keepShapes(Connection connection, List<CapturedTable> tables) {
    // a table that was altered since the snapshot cannot be read with it, and is read later
  }

  /** Nothing tells which transaction a row is of, so what is read at once is taken as one. */
  @Override
  public String changes(ChangeTable changes, Set<String> without) {
    return "SELECT id, '', CAST(UNIX_TIMESTAMP(changed_at) * 1000000 AS SIGNED), tbl, op, old_row,"
        + " new_row FROM "
        + changes.sql()
        + Dialect.without(without, MariaDbDialect::text)
        + " ORDER BY id";
  }

  @Override
  public String snapshot(CapturedTable table) {
    return "SELECT " + row(table, "t") + " FROM " + table.from() + " t";
  }

  private static String row(CapturedTable table, String row) {
    return table.columns().stream()
        .map(column -> text(column.name()) + ", " + column.of(row))
        .collect(Collectors.joining(", ", "JSON_OBJECT(", ")"));
  }

  /** A literal. */
  private static String text(String value) {
    return ChangeTable.literal(value.replace("\\", "\\\\"));
  }

  @Override
  public List<Lack> lacks(Connection connection, ChangeTable changes, List<CapturedTable> tables)
      throws SQLException {
    List<Lack> lacks = new ArrayList<>();
    if (installation(connection, changes).isEmpty()) {
      lacks.add(
          Lack.ofChanges(
              "change table " + changes.sql() + " is missing", List.of(create(changes))));
    }
    List<Trigger> found = triggers(connection, changes);
    String user = user(connection);
    for (CapturedTable table : tables) {
      lackingTriggers(changes, table, found, user).ifPresent(lacks::add);
    }
    return lacks;
  }

  /**
   * Each statement is committed by itself, so one trigger is made twice: before the table's mark in
   * a form that is not taken for the one it should be, and behind it as it should be.
   */
  private static Optional<Lack> lackingTriggers(
      ChangeTable changes, CapturedTable table, List<Trigger> found, String user) {
    List<Event> lacking = new ArrayList<>();
    List<String> wanted = new ArrayList<>();
    for (Event event : Event.values()) {
      Trigger trigger =
          new Trigger(
              schema(table.id()),
              trigger(changes, table.id(), event),
              table.id(),
              body(changes, table, event));
      wanted.add(trigger.name());
      if (!found.contains(trigger)) {
        lacking.add(event);
      }
    }
    List<String> names = new ArrayList<>();
    List<String> statements = new ArrayList<>();
    for (Trigger other : found) {
      if (other.table().equals(table.id()) && !wanted.contains(other.name())) {
        names.add(other.name());
        statements.add(drop(other.schema(), other.name()));
      }
    }
    for (Event event : lacking) {
      names.add(trigger(changes, table.id(), event));
      String body = body(changes, table, event);
      boolean isFirst = event == lacking.getFirst();
      statements.add(createTrigger(changes, table, event, isFirst ? notDone(body) : body));
    }
    if (!lacking.isEmpty()) {
      Event first = lacking.getFirst();
      statements.add(changes.marker(table.id()));
      statements.add(createTrigger(changes, table, first, body(changes, table, first)));
    }
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Lack.ofChanges(
                "trigger "
                    + String.join(", ", names)
                    + " on table "
                    + table.id()
                    + " is missing, does not write all columns as they are now, is one too many, or"
                    + " is hidden from the user until someone runs GRANT TRIGGER ON "
                    + table.sql()
                    + " TO "
                    + user,
                statements));
  }

  private static String createTrigger(
      ChangeTable changes, CapturedTable table, Event event, String body) {
    return "CREATE OR REPLACE TRIGGER "
        + TableName.quoted(schema(table.id()), QUOTE)
        + "."
        + TableName.quoted(trigger(changes, table.id(), event), QUOTE)
        + " AFTER "
        + event
        + " ON "
        + table.sql()
        + " FOR EACH ROW "
        + body;
  }

  private static String schema(String table) {
    return table.substring(0, table.indexOf('.'));
  }

  private static String trigger(ChangeTable changes, String table, Event event) {
    String name = table.substring(table.indexOf('.') + 1);
    return Catalog.shortened(changes.triggerName() + "_" + name, NAME_MAX - 2) + "_" + event.code;
  }

  /** The same in other words: no comment, since the server's own client leaves those out. */
  private static String notDone(String body) {
    return body.replaceFirst("\\) VALUES \\(", ") VALUE (");
  }

  private static String body(ChangeTable changes, CapturedTable table, Event event) {
    return "INSERT INTO "
        + changes.sql()
        + " (tbl, op, "
        + event.columns
        + ") VALUES ("
        + text(table.id())
        + ", '"
        + event.code
        + "', "
        + switch (event) {
          case INSERT -> row(table, "NEW");
          case UPDATE -> row(table, "OLD") + ", " + row(table, "NEW");
          case DELETE -> row(table, "OLD");
        }
        + ")";
  }

  private static String create(ChangeTable changes) {
    return "CREATE TABLE "
        + changes.sql()
        + " (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,"
        + " changed_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),"
        + " tbl VARCHAR(130) NOT NULL, op CHAR(1) NOT NULL, old_row LONGTEXT, new_row LONGTEXT)"
        + " ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = "
        + ChangeTable.literal(ChangeTable.COMMENT + UUID.randomUUID());
  }

  /** Those that write to the change table, as far as the user may see them. */
  private static List<Trigger> triggers(Connection connection, ChangeTable changes)
      throws SQLException {
    return Catalog.ask(
        connection,
        TRIGGERS,
        row ->
            new Trigger(
                row.getString(1),
                row.getString(2),
                row.getString(3) + "." + row.getString(4),
                row.getString(5)),
        "INSERT INTO " + changes.sql() + " (tbl, op, ");
  }

  private static String drop(String schema, String name) {
    return "DROP TRIGGER IF EXISTS "
        + TableName.quoted(schema, QUOTE)
        + "."
        + TableName.quoted(name, QUOTE);
  }

  /**
   * The triggers first, also those that are hidden from the user: without the change table they
   * would refuse all writing. Those of a table that was taken out of the source are found only by a
   * user who may see them.
   */
  @Override
  public List<String> removal(Connection connection, ChangeTable changes, List<String> tables)
      throws SQLException {
    Set<String> statements = new LinkedHashSet<>();
    for (Trigger trigger : triggers(connection, changes)) {
      statements.add(drop(trigger.schema(), trigger.name()));
    }
    if (!installation(connection, changes).isEmpty()) {
      for (String table : tables) {
        for (Event event : Event.values()) {
          statements.add(drop(schema(table), trigger(changes, table, event)));
        }
      }
      statements.add("DROP TABLE " + changes.sql());
    }
    return List.copyOf(statements);
  }

  /** Each is committed by itself anyway. */
  @Override
  public List<String> atOnce(List<String> statements) {
    return statements;
  }

  @Override
  public List<String> removalOfOthers(
      Connection connection, ChangeTable changes, List<CapturedTable> tables) throws SQLException {
    return triggers(connection, changes).stream()
        .filter(trigger -> tables.stream().noneMatch(table -> table.id().equals(trigger.table())))
        .map(trigger -> drop(trigger.schema(), trigger.name()))
        .toList();
  }

  @Override
  public List<String> notes(Connection connection, CapturedTable table) throws SQLException {
    String schema = schema(table.id());
    return Catalog.ask(
        connection,
        """
        SELECT constraint_name, CASE WHEN delete_rule IN ('CASCADE', 'SET NULL') THEN CONCAT('ON DELETE ', delete_rule)
               ELSE CONCAT('ON UPDATE ', update_rule) END
        FROM information_schema.referential_constraints
        WHERE constraint_schema = ? AND table_name = ?
          AND (delete_rule IN ('CASCADE', 'SET NULL') OR update_rule IN ('CASCADE', 'SET NULL'))\
        """,
        row ->
            table.id()
                + ": what its foreign key "
                + row.getString(1)
                + " ("
                + row.getString(2)
                + ") changes is not seen, since MariaDB fires no triggers for it",
        schema,
        table.id().substring(schema.length() + 1));
  }

  @Override
  public String user(Connection connection) throws SQLException {
    String user = Catalog.texts(connection, "SELECT CURRENT_USER()").getFirst();
    int at = user.lastIndexOf('@');
    return at < 0
        ? ChangeTable.literal(user)
        : ChangeTable.literal(user.substring(0, at))
            + "@"
            + ChangeTable.literal(user.substring(at + 1));
  }
}
