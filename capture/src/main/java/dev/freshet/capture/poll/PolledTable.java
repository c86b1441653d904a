package dev.freshet.capture.poll;

import dev.freshet.capture.SourceTable;
import dev.freshet.capture.jdbc.JdbcType;
import dev.freshet.capture.jdbc.TableName;
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
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

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
    TableName name = TableName.of(connection, table.origin());
    String select = "SELECT * FROM " + name.sql();
    List<Column> columns = new ArrayList<>();
    List<JdbcType> types = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(select + " WHERE 1 = 0");
        ResultSet rows = statement.executeQuery()) {
      ResultSetMetaData shape = rows.getMetaData();
      for (int i = 1; i <= shape.getColumnCount(); i++) {
        JdbcType type = typeOf(shape, i);
        types.add(type);
        columns.add(Column.nullable(shape.getColumnLabel(i), type.type()));
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
    int[] key = key(database, table, name, schema);
    return new PolledTable(
        table,
        schemaVersion,
        withKey(columns, key),
        types,
        key,
        markColumn,
        mark,
        select,
        TableName.quoted(
            schema.column(markColumn).name(), database.getIdentifierQuoteString().strip()));
  }

  /** What else may be NULL changes with time, and no answer tells it. */
  private static Schema withKey(List<Column> columns, int[] key) {
    List<Column> promised = new ArrayList<>(columns);
    for (int column : key) {
      promised.set(column, Column.notNull(columns.get(column).name(), columns.get(column).type()));
    }
    return new Schema(promised);
  }

  private static int[] key(
      DatabaseMetaData database, PollSettings.Table table, TableName name, Schema schema)
      throws SQLException {
    List<String> names = table.key().isEmpty() ? primaryKey(database, table, name) : table.key();
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

  private static List<String> primaryKey(
      DatabaseMetaData database, PollSettings.Table table, TableName name) throws SQLException {
    TreeMap<Short, String> names = new TreeMap<>();
    Set<String> owners = new TreeSet<>();
    try (ResultSet rows = database.getPrimaryKeys(name.catalog(), name.schema(), name.table())) {
      while (rows.next()) {
        names.put(rows.getShort("KEY_SEQ"), rows.getString("COLUMN_NAME"));
        owners.add(rows.getString("TABLE_CAT") + "." + rows.getString("TABLE_SCHEM"));
      }
    }
    if (owners.size() > 1) {
      throw misconfigured(
          table, "there are tables of that name in " + owners, "write the schema before its name");
    }
    return List.copyOf(names.values());
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

  /**
   * What a mark was read from; one that was read from something else says nothing here. Another
   * origin has other rows, too.
   */
  String markOf() {
    return table.origin() + " " + schema.column(markColumn).name() + " " + mark;
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
