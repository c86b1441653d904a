package dev.freshet.capture.trigger;

import dev.freshet.capture.SourceTable;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.List;

/**
 * A table as the database shows it. Immutable.
 *
 * @param table what the project says of it
 * @param id its name in the change table: the schema's (or database's) and its own
 * @param sql its name, quoted
 * @param from of which its rows are selected: such rows whose changes fire its triggers
 * @param forms how values stand in the JSON of a row, one for each column
 * @param key positions of the key's columns
 */
@SuppressWarnings("ArrayRecordComponent") // read-only by contract
record CapturedTable(
    TriggerSettings.Table table,
    String id,
    String sql,
    String from,
    int schemaVersion,
    Schema schema,
    List<ColumnShape> columns,
    int[] key) {
  /**
   * A column.
   *
   * @param expression its value for the JSON of a row, with {@link #ROW} in the place of the row;
   *     empty where the database writes whole rows
   * @param isText whether it is taken as text because there is no type like it
   * @param keyNumber its place in the primary key from 1, 0 for none
   */
  record ColumnShape(
      String name, DataType type, CellForm form, String expression, boolean isText, int keyNumber) {
    /** Stands in no name. */
    static final String ROW = "\0";

    /** For a row of this name, such as {@code NEW}. */
    String of(String row) {
      return expression.replace(ROW, row);
    }
  }

  CapturedTable {
    columns = List.copyOf(columns);
  }

  /**
   * @param columns none for a table that does not exist
   * @throws FreshetException SOURCE_MISCONFIGURED when it cannot be captured as it is
   */
  static CapturedTable of(
      TriggerSettings.Table table, String id, String sql, String from, List<ColumnShape> columns) {
    if (columns.isEmpty()) {
      throw misconfigured(
          table,
          "there is no such table, or the user may not see it",
          "correct the name under tables:, or GRANT SELECT on the table to the user");
    }
    int[] key = key(table, columns);
    List<Column> schema = new ArrayList<>();
    for (ColumnShape column : columns) {
      schema.add(Column.nullable(column.name(), column.type()));
    }
    for (int column : key) {
      schema.set(column, Column.notNull(columns.get(column).name(), columns.get(column).type()));
    }
    return new CapturedTable(table, id, sql, from, 1, new Schema(schema), columns, key);
  }

  private static int[] key(TriggerSettings.Table table, List<ColumnShape> columns) {
    List<String> names = table.key();
    if (names.isEmpty()) {
      names =
          columns.stream()
              .filter(column -> column.keyNumber() > 0)
              .sorted((a, b) -> Integer.compare(a.keyNumber(), b.keyNumber()))
              .map(ColumnShape::name)
              .toList();
    }
    if (names.isEmpty()) {
      throw misconfigured(
          table,
          "it has no primary key, and without a key nothing tells one row from another",
          "ALTER TABLE "
              + table.origin()
              + " ADD PRIMARY KEY (...), or name the columns in its contract: key: [id]");
    }
    int[] key = new int[names.size()];
    for (int i = 0; i < key.length; i++) {
      key[i] = indexOf(columns, names.get(i));
      if (key[i] < 0) {
        throw misconfigured(
            table, "its key's column " + names.get(i) + " is not there", "correct key:");
      }
    }
    return key;
  }

  private static int indexOf(List<ColumnShape> columns, String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equalsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }

  static FreshetException misconfigured(TriggerSettings.Table table, String what, String fix) {
    return new FreshetException(
        ErrorCode.SOURCE_MISCONFIGURED,
        "Cannot capture table " + table.origin() + ": " + what + ". Fix: " + fix + ".");
  }

  /** This, with the version of the same columns, or the next one where they differ. */
  CapturedTable since(SourceTable known) {
    int version = known.schema().equals(schema) ? known.schemaVersion() : known.schemaVersion() + 1;
    return new CapturedTable(table, id, sql, from, version, schema, columns, key);
  }

  SourceTable sourceTable() {
    return new SourceTable(table.name(), table.origin(), schemaVersion, schema, key);
  }
}
