package dev.freshet.capture.trigger;

import dev.freshet.capture.jdbc.TableName;
import dev.freshet.capture.postgres.PostgresTypes;
import dev.freshet.capture.trigger.CapturedTable.ColumnShape;
import dev.freshet.capture.trigger.Catalog.Place;
import dev.freshet.capture.trigger.Installation.Lack;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL 14 and later: one function writes the rows of all tables, so that a column that is
 * added, dropped or renamed needs nothing new.
 */
final class PostgresDialect implements Dialect {
  private static final String QUOTE = "\"";
  private static final int NAME_MAX = 63;

  /**
   * Triggers of a row fire in the order of their names. One that changes the row again must come
   * later, so that its change is written later. Of a statement that changes several rows all fire
   * for one row and then for the next: no name helps where one changes a row that is not its own.
   */
  private static final String FIRST = "00_";

  /** Of pg_trigger.tgtype: a row's, after insert, delete and update; a statement's, truncate. */
  private static final int ROW_TRIGGER = 29;

  private static final int TRUNCATE_TRIGGER = 32;

  /** Nothing of ours is found in a schema that another may write to. */
  private static final String SEARCH_PATH = "search_path = pg_catalog, pg_temp";

  /** Whatever the session's settings are, a value is always written in the same way. */
  private static final List<String> SETTINGS =
      List.of(
          "\"TimeZone\" = 'UTC'",
          "\"DateStyle\" = 'ISO, YMD'",
          "\"IntervalStyle\" = 'postgres'",
          "extra_float_digits = 1",
          "bytea_output = 'hex'",
          "lc_monetary = 'C'");

  private static final String COLUMNS =
      """
      SELECT a.attname,
             COALESCE(b.typname, t.typname) AS type,
             CASE WHEN a.atttypmod < 0 AND b.oid IS NOT NULL THEN t.typtypmod ELSE a.atttypmod END AS typmod,
             COALESCE(b.typtype, t.typtype) AS kind,
             COALESCE(e.typname, '') AS element,
             COALESCE(array_position(i.indkey::int2[], a.attnum), -1) + 1 AS key_number,
             c.relkind
      FROM pg_class c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated <> 'v'
      JOIN pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_type b ON b.oid = t.typbasetype AND t.typtype = 'd'
      LEFT JOIN pg_type e ON e.oid = COALESCE(b.typelem, t.typelem)
           AND COALESCE(b.typsubscript, t.typsubscript) = 'array_subscript_handler'::regproc
      LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
      WHERE c.oid = to_regclass(?)
      ORDER BY a.attnum\
      """;

  private static final String TRIGGERS =
      """
      SELECT tgname, tgenabled, tgtype, tgfoid = to_regprocedure(?), encode(tgargs, 'hex')
      FROM pg_trigger WHERE tgrelid = to_regclass(?) AND NOT tgisinternal AND tgparentid = 0\
      """;

  private static final String FUNCTIONS =
      """
      SELECT prosrc, prosecdef, has_function_privilege('public', oid, 'EXECUTE'),
             COALESCE(array_to_string(proconfig, E'\\n'), '')
      FROM pg_proc WHERE oid = to_regprocedure(?)\
      """;

  /**
   * Who makes a partition, or attaches one, makes triggers of the function on it. What all may do
   * does not count, since it is taken from them; nor does it matter who asks, since someone else
   * may run the statements, and owns the function then.
   */
  private static final String OWNERS_WITHOUT_RIGHT =
      """
      SELECT quote_ident(r.rolname) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
      CROSS JOIN (SELECT to_regprocedure(?)::oid AS oid) f
      WHERE c.oid = to_regclass(?) AND c.relkind = 'p'
        AND (NOT COALESCE(has_function_privilege(r.oid, f.oid, 'EXECUTE'), false)
             OR has_function_privilege('public', f.oid, 'EXECUTE'))\
      """;

  private record Trigger(String name, String enabled, int type, boolean isOurs, String arguments) {}

  private record Function(String body, boolean isDefiner, boolean isForAll, Set<String> settings) {}

  @Override
  public void prepare(Connection connection) throws SQLException {
    connection.setReadOnly(true);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    try (Statement statement = connection.createStatement()) {
      for (String setting : SETTINGS) {
        statement.execute("SET " + setting);
      }
    }
    connection.commit();
  }

  @Override
  public boolean claim(Connection connection, ChangeTable changes) throws SQLException {
    List<Boolean> taken =
        Catalog.ask(
            connection,
            "SELECT pg_try_advisory_lock(hashtextextended(?, 0))",
            row -> row.getBoolean(1),
            changes.sql());
    connection.commit();
    return taken.getFirst();
  }

  /** A crash of the server must not undo what was deleted: it would be read once more. */
  @Override
  public void prepareToDelete(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET synchronous_commit = on");
    }
    connection.commit();
  }

  @Override
  public ChangeTable changeTable(Connection connection, String written) throws SQLException {
    Place place = Place.of(connection, written, QUOTE);
    return new ChangeTable(place.schema(), place.table(), place.sql());
  }

  @Override
  public String installation(Connection connection, ChangeTable changes) throws SQLException {
    List<String> comments =
        Catalog.ask(
            connection,
            "SELECT COALESCE(obj_description(c.oid, 'pg_class'), '') FROM pg_class c"
                + " WHERE c.oid = to_regclass(?)",
            row -> row.getString(1),
            changes.sql());
    return comments.isEmpty() ? "" : changes.installationOf(comments.getFirst());
  }

  @Override
  public String idOf(Connection connection, TriggerSettings.Table table) throws SQLException {
    return Place.of(connection, table.origin(), QUOTE).id();
  }

  @Override
  public CapturedTable describe(Connection connection, TriggerSettings.Table table)
      throws SQLException {
    Place place = Place.of(connection, table.origin(), QUOTE);
    List<String> kinds = new ArrayList<>();
    List<ColumnShape> columns =
        Catalog.ask(
            connection,
            COLUMNS,
            row -> {
              kinds.add(row.getString("relkind"));
              return column(row);
            },
            place.sql());
    if (!kinds.isEmpty() && !kinds.getFirst().equals("r") && !kinds.getFirst().equals("p")) {
      throw CapturedTable.misconfigured(
          table, "it is a view, or lies elsewhere", "name the tables behind it");
    }
    boolean isPlain = !kinds.isEmpty() && kinds.getFirst().equals("r");
    String from = (isPlain ? "ONLY " : "") + place.sql(); // a partitioned table has no own rows
    return CapturedTable.of(table, place.id(), place.sql(), from, columns);
  }

  private static ColumnShape column(ResultSet row) throws SQLException {
    String type = row.getString("type");
    String element = row.getString("element");
    Optional<DataType> known = Optional.empty();
    if (!element.isEmpty()) {
      known = arrayOf(element, row.getInt("typmod"));
    } else if (row.getString("kind").equals("e")) {
      known = Optional.of(Simple.VARCHAR);
    } else {
      known = PostgresTypes.of(type, row.getInt("typmod"));
    }
    DataType found = known.orElse(Simple.VARCHAR);
    return new ColumnShape(
        row.getString("attname"),
        found,
        form(type, found),
        "",
        known.isEmpty(),
        row.getInt("key_number"));
  }

  /** Bytes in an array would have another form than JSON gives them. */
  private static Optional<DataType> arrayOf(String element, int typmod) {
    return PostgresTypes.of(element, typmod)
        .filter(type -> type != Simple.BINARY)
        .map(DataType.Array::new);
  }

  private static CellForm form(String typeName, DataType type) {
    if (type == Simple.VARCHAR) {
      return typeName.equals("bpchar") ? CellForm.BLANK_PADDED : CellForm.TEXT;
    }
    return type == Simple.BINARY ? CellForm.HEX : CellForm.PLAIN;
  }

  /** A table that is rewritten or emptied meanwhile would look empty to an older snapshot. */
  @Override
  public void keepShapes(Connection connection, List<CapturedTable> tables) throws SQLException {
    if (!tables.isEmpty()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "LOCK TABLE "
                + tables.stream().map(CapturedTable::from).collect(Collectors.joining(", "))
                + " IN ACCESS SHARE MODE");
      }
    }
  }

  /**
   * A transaction that saw what another had changed wrote its last row after all rows of the other:
   * so they come in the order of their last rows.
   */
  @Override
  public String changes(ChangeTable changes, Set<String> without) {
    return "SELECT id, xid::text, (extract(epoch FROM changed_at) * 1000000)::bigint, tbl, op,"
        + " old_row::text, new_row::text FROM (SELECT *, max(id) OVER (PARTITION BY xid) AS last"
        + " FROM "
        + changes.sql()
        + Dialect.without(without, ChangeTable::literal)
        + ") c ORDER BY last, id";
  }

  @Override
  public String snapshot(CapturedTable table) {
    return "SELECT row_to_json(t.*)::text FROM " + table.from() + " t";
  }

  @Override
  public List<Lack> lacks(Connection connection, ChangeTable changes, List<CapturedTable> tables)
      throws SQLException {
    List<Lack> lacks = new ArrayList<>();
    if (installation(connection, changes).isEmpty()) {
      lacks.add(Lack.ofChanges("change table " + changes.sql() + " is missing", create(changes)));
    }
    List<Function> functions =
        Catalog.ask(
            connection,
            FUNCTIONS,
            row ->
                new Function(
                    row.getString(1),
                    row.getBoolean(2),
                    row.getBoolean(3),
                    row.getString(4).lines().collect(Collectors.toSet())),
            function(changes) + "()");
    if (!functions.equals(List.of(new Function(body(changes), true, false, settingsKept())))) {
      lacks.add(
          Lack.ofChanges(
              "function " + function(changes) + " is missing, or is not as it should be",
              createFunction(changes)));
    }
    for (CapturedTable table : tables) {
      lackingTriggers(connection, changes, table).ifPresent(lacks::add);
      for (String owner :
          Catalog.texts(connection, OWNERS_WITHOUT_RIGHT, function(changes) + "()", table.sql())) {
        lacks.add(
            new Lack(
                "Cannot make partitions of table "
                    + table.id()
                    + " under its triggers: its owner "
                    + owner
                    + " is not granted EXECUTE on function "
                    + function(changes),
                List.of("GRANT EXECUTE ON FUNCTION " + function(changes) + "() TO " + owner)));
      }
    }
    return lacks;
  }

  private static Optional<Lack> lackingTriggers(
      Connection connection, ChangeTable changes, CapturedTable table) throws SQLException {
    List<Trigger> found =
        Catalog.ask(
            connection,
            TRIGGERS,
            row ->
                new Trigger(
                    row.getString(1),
                    row.getString(2),
                    row.getInt(3),
                    row.getBoolean(4),
                    row.getString(5)),
            function(changes) + "()",
            table.sql());
    String arguments = HexFormat.of().formatHex(table.id().getBytes(StandardCharsets.UTF_8)) + "00";
    List<String> statements = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Trigger other : found) {
      if (other.isOurs() && !names(changes).contains(other.name())) {
        names.add(other.name());
        statements.add(drop(other.name(), table.sql()));
      }
    }
    boolean isUnseen = false;
    for (int type : new int[] {ROW_TRIGGER, TRUNCATE_TRIGGER}) {
      Trigger wanted = new Trigger(trigger(changes, type), "A", type, true, arguments);
      if (!found.contains(wanted)) {
        isUnseen = true;
        names.add(wanted.name());
        statements.add(createTrigger(changes, table, type));
        statements.add(
            "ALTER TABLE "
                + table.sql()
                + " ENABLE ALWAYS TRIGGER "
                + TableName.quoted(wanted.name(), QUOTE));
      }
    }
    if (isUnseen) {
      statements.add(changes.marker(table.id()));
    }
    return statements.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Lack.ofChanges(
                "trigger "
                    + String.join(", ", names)
                    + " on table "
                    + table.id()
                    + " is missing, off, one too many, or is not as it should be",
                statements));
  }

  private static List<String> names(ChangeTable changes) {
    return List.of(trigger(changes, ROW_TRIGGER), trigger(changes, TRUNCATE_TRIGGER));
  }

  private static String drop(String trigger, String table) {
    return "DROP TRIGGER " + TableName.quoted(trigger, QUOTE) + " ON " + table;
  }

  private static String trigger(ChangeTable changes, int type) {
    String name = Catalog.shortened(FIRST + changes.triggerName(), NAME_MAX - 9);
    return type == ROW_TRIGGER ? name : name + "_truncate";
  }

  private static String createTrigger(ChangeTable changes, CapturedTable table, int type) {
    return "CREATE OR REPLACE TRIGGER "
        + TableName.quoted(trigger(changes, type), QUOTE)
        + (type == ROW_TRIGGER ? " AFTER INSERT OR UPDATE OR DELETE ON " : " AFTER TRUNCATE ON ")
        + table.sql()
        + (type == ROW_TRIGGER ? " FOR EACH ROW" : " FOR EACH STATEMENT")
        + " EXECUTE FUNCTION "
        + function(changes)
        + "("
        + ChangeTable.literal(table.id())
        + ")";
  }

  private static String function(ChangeTable changes) {
    return changes.beside("_write", QUOTE);
  }

  private static List<String> create(ChangeTable changes) {
    return List.of(
        "CREATE TABLE "
            + changes.sql()
            + " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
            + " xid xid8 NOT NULL DEFAULT pg_current_xact_id(),"
            + " changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),"
            + " tbl text NOT NULL, op text NOT NULL, old_row json, new_row json)",
        "COMMENT ON TABLE "
            + changes.sql()
            + " IS "
            + ChangeTable.literal(ChangeTable.COMMENT + UUID.randomUUID()));
  }

  /**
   * Whoever may execute it may make it a trigger of a table of his own, and write what he likes.
   */
  private static List<String> createFunction(ChangeTable changes) {
    return List.of(
        "CREATE OR REPLACE FUNCTION "
            + function(changes)
            + "() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER\nSET "
            + SEARCH_PATH
            + " SET "
            + String.join(" SET ", SETTINGS)
            + "\nAS $freshet$"
            + body(changes)
            + "$freshet$",
        "REVOKE ALL ON FUNCTION " + function(changes) + "() FROM PUBLIC");
  }

  /** As the catalog shows the settings of a function. */
  private static Set<String> settingsKept() {
    return Stream.concat(Stream.of(SEARCH_PATH), SETTINGS.stream())
        .map(setting -> setting.replace(" = ", "=").replace("\"", "").replace("'", ""))
        .collect(Collectors.toSet());
  }

  private static String body(ChangeTable changes) {
    return """

    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO %1$s (tbl, op, new_row) VALUES (TG_ARGV[0], 'i', row_to_json(NEW));
      ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO %1$s (tbl, op, old_row, new_row)
        VALUES (TG_ARGV[0], 'u', row_to_json(OLD), row_to_json(NEW));
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO %1$s (tbl, op, old_row) VALUES (TG_ARGV[0], 'd', row_to_json(OLD));
      ELSE
        INSERT INTO %1$s (tbl, op) VALUES (TG_ARGV[0], 't');
      END IF;
      RETURN NULL;
    END
    """
        .formatted(changes.sql());
  }

  /** The function takes all its triggers with it. */
  @Override
  public List<String> removal(Connection connection, ChangeTable changes, List<String> tables)
      throws SQLException {
    List<String> statements = new ArrayList<>();
    if (!Catalog.texts(connection, "SELECT to_regprocedure(?)::text", function(changes) + "()")
        .equals(List.of("null"))) {
      statements.add("DROP FUNCTION " + function(changes) + "() CASCADE");
    }
    if (!installation(connection, changes).isEmpty()) {
      statements.add("DROP TABLE " + changes.sql());
    }
    return statements;
  }

  @Override
  public List<String> atOnce(List<String> statements) {
    List<String> all = new ArrayList<>(statements);
    if (!all.isEmpty()) {
      all.addFirst("BEGIN");
      all.addLast("COMMIT");
    }
    return all;
  }

  @Override
  public List<String> removalOfOthers(
      Connection connection, ChangeTable changes, List<CapturedTable> tables) throws SQLException {
    record Other(@Nullable String table, String name, String relation) {}
    List<Other> triggers =
        Catalog.ask(
            connection,
            """
            SELECT n.nspname || '.' || c.relname, t.tgname, t.tgrelid::regclass::text
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE t.tgfoid = to_regprocedure(?) AND NOT t.tgisinternal AND t.tgparentid = 0\
            """,
            row -> new Other(row.getString(1), row.getString(2), row.getString(3)),
            function(changes) + "()");
    return triggers.stream()
        .filter(other -> tables.stream().noneMatch(table -> table.id().equals(other.table())))
        .map(other -> drop(other.name(), other.relation()))
        .toList();
  }

  @Override
  public List<String> notes(Connection connection, CapturedTable table) throws SQLException {
    return Catalog.ask(
        connection,
        """
        SELECT relkind FROM pg_class WHERE oid = to_regclass(?)
           AND (relkind = 'p' OR EXISTS (SELECT FROM pg_inherits WHERE inhparent = pg_class.oid))\
        """,
        row ->
            row.getString(1).equals("p")
                ? table.id()
                    + " is partitioned: rows that come or go because a partition is attached,"
                    + " detached or truncated by itself are not seen"
                : table.id()
                    + ": rows of tables that inherit from it are not taken, since their changes fire"
                    + " none of its triggers",
        table.sql());
  }

  @Override
  public String user(Connection connection) throws SQLException {
    return Catalog.texts(connection, "SELECT quote_ident(current_user)").getFirst();
  }
}
