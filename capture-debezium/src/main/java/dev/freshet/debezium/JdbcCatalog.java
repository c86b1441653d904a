package dev.freshet.debezium;

import dev.freshet.capture.SourceTable;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Column.Nullability;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a server says of its tables by way of JDBC. */
final class JdbcCatalog {
  private final DatabaseMetaData metadata;
  private final String database;

  /**
   * @param database that the tables are in; empty where tables are in no database
   */
  JdbcCatalog(Connection connection, String database) throws SQLException {
    this.metadata = connection.getMetaData();
    this.database = database;
  }

  /** JDBC's null where servers have no databases. */
  @SuppressWarnings("NullAway")
  private String catalog() {
    return database.isEmpty() ? null : database;
  }

  /**
   * A table or view by the names that the server has for it, whose case may be another.
   *
   * @param kind TABLE or VIEW
   */
  record Found(String schema, String table, String kind) {}

  /** The tables of a schema, sorted. */
  List<Found> tables(String schema) throws SQLException {
    List<Found> tables = find(schema, "%", "TABLE");
    tables.sort(Comparator.comparing(Found::table));
    return tables;
  }

  /** Those that a name means: one, or none. */
  List<Found> named(String schema, String table) throws SQLException {
    return find(schema, escaped(table), "TABLE", "VIEW");
  }

  private List<Found> find(String schema, String pattern, String... kinds) throws SQLException {
    List<Found> found = new ArrayList<>();
    try (ResultSet row = metadata.getTables(catalog(), escaped(schema), pattern, kinds)) {
      while (row.next()) {
        String ofSchema = row.getString("TABLE_SCHEM");
        found.add(
            new Found(
                ofSchema == null ? schema : ofSchema,
                row.getString("TABLE_NAME"),
                row.getString("TABLE_TYPE")));
      }
    }
    return found;
  }

  /** A table as it is, which the connector's first row may correct. */
  SourceTable table(String schema, String table, String name) throws SQLException {
    List<Column> columns = new ArrayList<>();
    try (ResultSet row = metadata.getColumns(catalog(), escaped(schema), escaped(table), "%")) {
      while (row.next()) {
        columns.add(
            new Column(
                row.getString("COLUMN_NAME"),
                type(
                    row.getInt("DATA_TYPE"),
                    row.getString("TYPE_NAME"),
                    row.getInt("COLUMN_SIZE"),
                    row.getInt("DECIMAL_DIGITS")),
                row.getInt("NULLABLE") == DatabaseMetaData.columnNoNulls
                    ? Nullability.NOT_NULL
                    : Nullability.NULLABLE));
      }
    }
    Schema found = new Schema(columns);
    Map<Integer, String> key = new TreeMap<>();
    try (ResultSet row = metadata.getPrimaryKeys(catalog(), schema, table)) {
      while (row.next()) {
        key.put(row.getInt("KEY_SEQ"), row.getString("COLUMN_NAME"));
      }
    }
    int[] keyColumns = key.values().stream().mapToInt(found::indexOf).toArray();
    return new SourceTable(name, schema + "." + table, 1, found, keyColumns);
  }

  private String escaped(String name) throws SQLException {
    String escape = metadata.getSearchStringEscape();
    return escape == null || escape.isEmpty()
        ? name
        : name.replace(escape, escape + escape)
            .replace("_", escape + "_")
            .replace("%", escape + "%");
  }

  /** As Debezium's connectors hand the type over. */
  static DataType type(int sqlType, String typeName, int size, int scale) {
    String lower = typeName.toLowerCase(Locale.ROOT);
    if (lower.equals("datetimeoffset") || lower.endsWith("time zone")) {
      return Simple.TIMESTAMP_LTZ;
    }
    return switch (sqlType) {
      case Types.BIT, Types.BOOLEAN -> Simple.BOOLEAN;
      case Types.TINYINT, Types.SMALLINT -> Simple.SMALLINT;
      case Types.INTEGER -> Simple.INTEGER;
      case Types.BIGINT -> Simple.BIGINT;
      case Types.REAL -> Simple.REAL;
      case Types.FLOAT, Types.DOUBLE -> Simple.DOUBLE;
      case Types.DECIMAL, Types.NUMERIC -> decimal(size, scale);
      case Types.DATE -> Simple.DATE;
      case Types.TIME -> Simple.TIME;
      case Types.TIMESTAMP -> Simple.TIMESTAMP;
      case Types.TIMESTAMP_WITH_TIMEZONE -> Simple.TIMESTAMP_LTZ;
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> Simple.BINARY;
      default -> Simple.VARCHAR;
    };
  }

  private static DataType decimal(int size, int scale) {
    return size < 1 || size > DataType.Decimal.MAX_PRECISION || scale < 0 || scale > size
        ? Simple.VARCHAR
        : new DataType.Decimal(size, scale);
  }
}
