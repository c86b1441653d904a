package dev.freshet.capture.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A table's name as the database keeps it: {@code table}, {@code schema.table} (where the database
 * calls it a catalog, {@code catalog.table}) or {@code catalog.schema.table}. A part that is
 * written in lower case is folded as the database folds names that are not quoted; any other is
 * taken as it is.
 *
 * @param catalog empty for none
 * @param schema empty for none
 * @param sql quoted, for a statement
 */
public record TableName(
    @Nullable String catalog, @Nullable String schema, String table, String sql) {
  public static TableName of(Connection connection, String written) throws SQLException {
    DatabaseMetaData database = connection.getMetaData();
    List<String> parts = new ArrayList<>();
    for (String part : written.split("\\.", -1)) {
      parts.add(stored(database, part));
    }
    String quote = database.getIdentifierQuoteString().strip();
    String sql = parts.stream().map(part -> quoted(part, quote)).collect(Collectors.joining("."));
    String table = parts.getLast();
    boolean hasSchemas = database.supportsSchemasInDataManipulation();
    return switch (parts.size()) {
      case 1 -> new TableName(connection.getCatalog(), connection.getSchema(), table, sql);
      case 2 ->
          hasSchemas
              ? new TableName(connection.getCatalog(), parts.getFirst(), table, sql)
              : new TableName(parts.getFirst(), null, table, sql);
      default ->
          new TableName(parts.get(parts.size() - 3), parts.get(parts.size() - 2), table, sql);
    };
  }

  private static String stored(DatabaseMetaData database, String name) throws SQLException {
    boolean isLower = name.equals(name.toLowerCase(Locale.ROOT));
    return isLower && database.storesUpperCaseIdentifiers() ? name.toUpperCase(Locale.ROOT) : name;
  }

  /**
   * @param quote empty for a database that has none
   */
  public static String quoted(String name, String quote) {
    return quote.isEmpty() ? name : quote + name.replace(quote, quote + quote) + quote;
  }
}
