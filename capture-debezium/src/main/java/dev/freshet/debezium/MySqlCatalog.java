package dev.freshet.debezium;

import dev.freshet.capture.SourceTable;
import dev.freshet.capture.jdbc.MySqlTypes;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Column.Nullability;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What the server says of its tables. */
final class MySqlCatalog {
  private static final String COLUMNS =
      """
      SELECT column_name, data_type, column_type, is_nullable,
             COALESCE(numeric_precision, 0), COALESCE(numeric_scale, 0), column_key
      FROM information_schema.columns
      WHERE table_schema = ? AND table_name = ?
      ORDER BY ordinal_position\
      """;
  private static final String KEY =
      """
      SELECT column_name FROM information_schema.statistics
      WHERE table_schema = ? AND table_name = ? AND index_name = 'PRIMARY'
      ORDER BY seq_in_index\
      """;

  private final Connection connection;

  /** A column as the catalog has it. */
  record Found(String name, String sqlType, DataType type) {}

  MySqlCatalog(Connection connection) {
    this.connection = connection;
  }

  /** The names of a database's tables, without views; sorted. */
  List<String> tables(String database) throws SQLException {
    return texts(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND table_type ="
            + " 'BASE TABLE' ORDER BY table_name",
        database);
  }

  /** BASE TABLE, VIEW and so on; empty when there is none. */
  String kind(String database, String table) throws SQLException {
    List<String> kinds =
        texts(
            "SELECT table_type FROM information_schema.tables WHERE table_schema = ? AND table_name"
                + " = ?",
            database,
            table);
    return kinds.isEmpty() ? "" : kinds.getFirst();
  }

  /**
   * A table as it will be captured.
   *
   * @param columns takes what is found of its columns
   */
  SourceTable table(String database, String table, String name, List<Found> columns)
      throws SQLException {
    List<Column> schema = new ArrayList<>();
    try (PreparedStatement statement = prepared(COLUMNS, database, table);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        DataType type =
            MySqlTypes.of(row.getString(2), row.getString(3), row.getInt(5), row.getInt(6));
        columns.add(new Found(row.getString(1), row.getString(2), type));
        schema.add(
            new Column(
                row.getString(1),
                type,
                row.getString(4).equals("YES") ? Nullability.NULLABLE : Nullability.NOT_NULL));
      }
    }
    Schema found = new Schema(schema);
    int[] key = texts(KEY, database, table).stream().mapToInt(found::indexOf).toArray();
    return new SourceTable(name, database + "." + table, 1, found, key);
  }

  /** A setting of the server; empty when it has none of this name. */
  String variable(String name) throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement("SHOW GLOBAL VARIABLES LIKE '" + name + "'");
        ResultSet row = statement.executeQuery()) {
      return row.next() ? row.getString(2) : "";
    }
  }

  /** The first column of each row. */
  List<String> texts(String query, String... parameters) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (PreparedStatement statement = prepared(query, parameters);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        texts.add(row.getString(1));
      }
    }
    return texts;
  }

  private PreparedStatement prepared(String query, String... parameters) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(query);
    for (int i = 0; i < parameters.length; i++) {
      statement.setString(i + 1, parameters[i]);
    }
    return statement;
  }
}
