package dev.freshet.capture.postgres;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A publication as it stands at the server.
 *
 * @param operations what it does not publish, as SQL words; empty when it publishes all
 * @param viaRoot whether changes of partitions appear as the partitioned table's
 * @param tables what it covers, by {@code schema.table}
 */
record Publication(
    String name, List<String> operationsLeftOut, boolean viaRoot, Map<String, Published> tables) {
  /**
   * @param columns the listed columns, empty for all
   * @param rowFilter the condition in SQL, empty for none
   */
  record Published(List<String> columns, String rowFilter) {
    static final Published ALL = new Published(List.of(), "");
  }

  /** Whether the role may change the publication of this name. */
  static final String IS_OWNED =
      "SELECT pg_has_role(current_user, pubowner, 'USAGE') FROM pg_publication WHERE pubname = ?";

  static Optional<Publication> find(PgConnection connection, String name, int serverVersion)
      throws SQLException {
    try (PreparedStatement statement =
        connection
            .jdbc()
            .prepareStatement(
                "SELECT pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot FROM"
                    + " pg_publication WHERE pubname = ?")) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        List<String> leftOut = new ArrayList<>();
        String[] words = {"insert", "update", "delete", "truncate"};
        for (int i = 0; i < words.length; i++) {
          if (!row.getBoolean(i + 1)) {
            leftOut.add(words[i]);
          }
        }
        boolean viaRoot = row.getBoolean(5);
        return Optional.of(
            new Publication(name, leftOut, viaRoot, published(connection, name, serverVersion)));
      }
    }
  }

  private static Map<String, Published> published(
      PgConnection connection, String name, int serverVersion) throws SQLException {
    String details =
        serverVersion >= 150_000 ? ", attnames::text[], rowfilter" : ", NULL::text[], NULL::text";
    Map<String, Published> tables = new TreeMap<>();
    try (PreparedStatement statement =
        connection
            .jdbc()
            .prepareStatement(
                "SELECT schemaname, tablename"
                    + details
                    + " FROM pg_publication_tables WHERE pubname = ?")) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          java.sql.Array columns = row.getArray(3);
          String filter = row.getString(4);
          tables.put(
              row.getString(1) + "." + row.getString(2),
              new Published(
                  columns == null ? List.of() : List.of((String[]) columns.getArray()),
                  filter == null ? "" : filter));
        }
      }
    }
    return tables;
  }

  Published of(TableShape shape) {
    return tables.getOrDefault(shape.origin(), Published.ALL);
  }

  static String createStatement(String name, List<String> qualifiedTables) {
    return "CREATE PUBLICATION "
        + Sql.quote(name)
        + " FOR TABLE "
        + qualifiedTables.stream().collect(Collectors.joining(", "))
        + " WITH (publish_via_partition_root = true)";
  }

  static String addStatement(String name, List<String> qualifiedTables) {
    return "ALTER PUBLICATION "
        + Sql.quote(name)
        + " ADD TABLE "
        + String.join(", ", qualifiedTables);
  }
}
