package dev.freshet.capture.poll;

import dev.freshet.capture.SourceTable;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * A table as the database shows it. Immutable.
 *
 * @param table what the project says of it
 * @param select all its rows, as SQL; a condition may follow
 * @param quotedMark the column that grows, quoted
 * @param types one for each column
 * @param key positions of the key's columns
 * @param markColumn the position of the column that grows
 */
@SuppressWarnings("ArrayRecordComponent") // read-only by contract
record PolledTable(
    PollSettings.Table table,
    int schemaVersion,
    Schema schema,
    List<JdbcType> types,
    int[] key,
    int markColumn,
    Mark mark,
    String select,
    String quotedMark) {
  PolledTable {
    types = List.copyOf(types);
  }

  /**
   * Looks at a table.
   *
   * @throws FreshetException SOURCE_MISCONFIGURED when it cannot be polled as it is
   * @throws SQLException also when there is no such table, as the database says it
   */
  static PolledTable describe(Connection connection, PollSettings.Table table, int schemaVersion)
      throws SQLException {
    DatabaseMetaData database = connection.getMetaData();
    String quote = database.getIdentifierQuoteString().strip();
    String select = "SELECT * FROM " + quoted(table.origin(), quote);
    List<Column> columns = new ArrayList<>();
    List<JdbcType> types = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(select + " WHERE 1 = 0");
        ResultSet rows = statement.executeQuery()) {
      ResultSetMetaData shape = rows.getMetaData();
      for (int i = 1; i <= shape.getColumnCount(); i++) {
        JdbcType type = typeOf(shape, i);
        types.add(type);
        String name = shape.getColumnLabel(i);
        columns.add(
            shape.isNullable(i) == ResultSetMetaData.columnNoNulls
                ? Column.notNull(name, type.type())
                : Column.nullable(name, type.type()));
      }
    }
    Schema schema = new Schema(columns);
    int markColumn = find(schema, table.changedBy());
    if (markColumn < 0) {
      throw misconfigured(
          table, "it has no column " + table.changedBy(), "set changed-by to one that it has");
    }
    Mark mark =
        Mark.of(schema.type(markColumn))
            .orElseThrow(() ->
                misconfigured(
                    table,
                    table.changedBy() + " is " + schema.type(markColumn).sql(),
                    "set changed-by to a column with a time, a date or an integer"));
    return new PolledTable(
        table,
        schemaVersion,
        schema,
        types,
        key(database, table, schema),
        markColumn,
        mark,
        select,
        quote + schema.column(markColumn).name() + quote);
  }

  private static int[] key(DatabaseMetaData database, PollSettings.Table table, Schema schema)
      throws SQLException {
    List<String> names = table.key().isEmpty() ? primaryKey(database, table) : table.key();
    if (names.isEmpty()) {
      throw misconfigured(
          table,
          "it has no primary key, and without a key nothing tells a changed row from a new one",
          "name the columns that tell its rows apart: key: [id]");
    }
    int[] key = new int[names.size()];
    for (int i = 0; i < key.length; i++) {
      key[i] = find(schema, names.get(i));
      if (key[i] < 0) {
        throw misconfigured(
            table, "its key's column " + names.get(i) + " is not there", "correct key:");
      }
    }
    return key;
  }

  private static List<String> primaryKey(DatabaseMetaData database, PollSettings.Table table)
      throws SQLException {
    int dot = table.origin().lastIndexOf('.');
    String name = table.origin().substring(dot + 1);
    String schema = dot < 0 ? null : table.origin().substring(0, dot);
    boolean isCatalog = schema != null && !database.supportsSchemasInDataManipulation();
    TreeMap<Short, String> names = new TreeMap<>();
    try (ResultSet rows =
        database.getPrimaryKeys(
            isCatalog ? schema : null, isCatalog ? null : schema, stored(database, name))) {
      while (rows.next()) {
        names.put(rows.getShort("KEY_SEQ"), rows.getString("COLUMN_NAME"));
      }
    }
    return List.copyOf(names.values());
  }

  /** A name as the database keeps it when it was not quoted. */
  private static String stored(DatabaseMetaData database, String name) throws SQLException {
    boolean isLower = name.equals(name.toLowerCase(Locale.ROOT));
    return isLower && database.storesUpperCaseIdentifiers() ? name.toUpperCase(Locale.ROOT) : name;
  }

  /** Databases differ in the case of names that nobody quoted. */
  private static int find(Schema schema, String name) {
    int exact = schema.indexOf(name);
    for (int i = 0; exact < 0 && i < schema.columnCount(); i++) {
      if (schema.column(i).name().equalsIgnoreCase(name)) {
        exact = i;
      }
    }
    return exact;
  }

  /** Left as it is where it needs no quotes, so that the database folds its case. */
  private static String quoted(String origin, String quote) {
    List<String> parts = new ArrayList<>();
    for (String part : origin.split("\\.", -1)) {
      boolean isPlain = part.matches("[A-Za-z_][A-Za-z0-9_]*");
      boolean isFolded = part.equals(part.toLowerCase(Locale.ROOT));
      parts.add(
          (isPlain && isFolded) || quote.isEmpty()
              ? part
              : quote + part.replace(quote, quote + quote) + quote);
    }
    return String.join(".", parts);
  }

  private static FreshetException misconfigured(PollSettings.Table table, String what, String fix) {
    return new FreshetException(
        ErrorCode.SOURCE_MISCONFIGURED,
        "Cannot poll table " + table.origin() + ": " + what + ". Fix: " + fix + ".");
  }

  /** This, or the next version of it where its columns differ from what was known. */
  PolledTable since(SourceTable known) {
    int version = known.schema().equals(schema) ? known.schemaVersion() : known.schemaVersion() + 1;
    return withVersion(version);
  }

  PolledTable withVersion(int version) {
    return new PolledTable(
        table, version, schema, types, key, markColumn, mark, select, quotedMark);
  }

  SourceTable sourceTable() {
    return new SourceTable(table.name(), table.origin(), schemaVersion, schema, key);
  }

  /** Whether the rows have the columns that were described. */
  boolean describes(ResultSetMetaData shape) throws SQLException {
    if (shape.getColumnCount() != schema.columnCount()) {
      return false;
    }
    for (int i = 0; i < schema.columnCount(); i++) {
      boolean isSame =
          shape.getColumnLabel(i + 1).equals(schema.column(i).name())
              && typeOf(shape, i + 1).type().equals(schema.type(i));
      if (!isSame) {
        return false;
      }
    }
    return true;
  }

  private static JdbcType typeOf(ResultSetMetaData shape, int column) throws SQLException {
    return JdbcType.of(
        shape.getColumnType(column),
        String.valueOf(shape.getColumnTypeName(column)),
        shape.getPrecision(column),
        shape.getScale(column),
        shape.isSigned(column));
  }
}
