package dev.freshet.deliver.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the server's catalog says of a table (PostgreSQL manual, chapter 53). */
final class Catalog {
  private Catalog() {}

  /**
   * @param type as {@code format_type} spells it
   * @param mayBeLeftOut whether a row may come without it
   */
  record Column(String type, boolean isNotNull, boolean mayBeLeftOut) {}

  static boolean exists(Connection connection, TableName table) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
      statement.setString(1, table.sql());
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getBoolean(1);
      }
    }
  }

  /** The table's columns by name. */
  static Map<String, Column> columns(Connection connection, TableName table) throws SQLException {
    Map<String, Column> columns = new LinkedHashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT attname, format_type(atttypid, atttypmod), attnotnull,"
                + " NOT attnotnull OR atthasdef OR attidentity <> '' OR attgenerated <> ''"
                + " FROM pg_attribute WHERE attrelid = to_regclass(?)"
                + " AND attnum > 0 AND NOT attisdropped ORDER BY attnum")) {
      statement.setString(1, table.sql());
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          columns.put(
              rows.getString(1),
              new Column(rows.getString(2), rows.getBoolean(3), rows.getBoolean(4)));
        }
      }
    }
    return columns;
  }

  /**
   * The columns of each unique index that covers all rows, sorted.
   *
   * @param forNulls whether only those count that take two NULLs as equal, or have no NULL
   */
  static List<List<String>> uniqueKeys(Connection connection, TableName table, boolean forNulls)
      throws SQLException {
    boolean knowsNulls = connection.getMetaData().getDatabaseMajorVersion() >= 15;
    List<List<String>> keys = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT array_agg(a.attname::text ORDER BY a.attname), bool_and(a.attnotnull),"
                + (knowsNulls ? " bool_and(i.indnullsnotdistinct)" : " false")
                + " FROM pg_index i JOIN pg_attribute a"
                + " ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)"
                + " WHERE i.indrelid = to_regclass(?) AND i.indisunique AND i.indisvalid"
                + " AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL"
                + " AND i.indnatts = i.indnkeyatts GROUP BY i.indexrelid")) {
      statement.setString(1, table.sql());
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          if (!forNulls || rows.getBoolean(2) || rows.getBoolean(3)) {
            keys.add(List.of((String[]) rows.getArray(1).getArray()));
          }
        }
      }
    }
    return keys;
  }
}
