package dev.freshet.capture.trigger;

import dev.freshet.capture.jdbc.TableName;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Small questions to a database's catalog. */
final class Catalog {
  private Catalog() {}

  /** Reads one row of an answer. */
  @FunctionalInterface
  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  static <T> List<T> ask(Connection connection, String query, Row<T> row, String... parameters)
      throws SQLException {
    List<T> found = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(row.read(rows));
        }
      }
    }
    return found;
  }

  /** The first column of each row. */
  static List<String> texts(Connection connection, String query, String... parameters)
      throws SQLException {
    return ask(connection, query, row -> String.valueOf(row.getString(1)), parameters);
  }

  /**
   * A table's name with its schema.
   *
   * @param quote of the database
   */
  record Place(String schema, String table, String sql) {
    static Place of(Connection connection, String written, String quote) throws SQLException {
      TableName name = TableName.of(connection, written);
      @Nullable String schema = name.schema() == null ? name.catalog() : name.schema();
      if (schema == null) {
        throw new SQLException("no schema is chosen: write schema." + written, "3F000");
      }
      return of(Objects.requireNonNull(schema), name.table(), quote);
    }

    /**
     * @param quote of the database
     */
    static Place of(String schema, String table, String quote) {
      return new Place(
          schema, table, TableName.quoted(schema, quote) + "." + TableName.quoted(table, quote));
    }

    String id() {
      return schema + "." + table;
    }
  }

  /**
   * A name that is not too long; what is cut off is told by its hash.
   *
   * @param bytesMax in UTF-8, at least 20
   */
  static String shortened(String name, int bytesMax) {
    if (bytes(name) <= bytesMax) {
      return name;
    }
    String end = "_" + hash(name);
    int kept = name.length();
    while (bytes(name.substring(0, kept)) > bytesMax - end.length()) {
      kept = name.offsetByCodePoints(kept, -1);
    }
    return name.substring(0, kept) + end;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** Eight digits. */
  static String hash(String text) {
    CRC32 hash = new CRC32();
    hash.update(text.getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", hash.getValue());
  }
}
