package dev.freshet.capture.postgres;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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

  /**
   * Whether the publication lists its tables one by one, each as it is published. Then they are
   * known without a lock on any of them, for which the server's view would wait.
   */
  private static final String LISTS_TABLES =
      """
      SELECT NOT p.puballtables AND coalesce(to_jsonb(p) ->> 'pubgencols', 'n') = 'n'
             AND (p.pubviaroot OR NOT EXISTS (
                   SELECT FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid
                   WHERE r.prpubid = p.oid AND c.relkind = 'p'))
             %s
      FROM pg_publication p WHERE p.pubname = ?\
      """;

  private static final String LISTED =
      """
      SELECT n.nspname, c.relname, %s
      FROM pg_publication p
      JOIN pg_publication_rel r ON r.prpubid = p.oid
      JOIN pg_class c ON c.oid = r.prrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE p.pubname = ?\
      """;

  private static String question(PgConnection connection, String name, boolean hasDetails)
      throws SQLException {
    String noSchemas =
        hasDetails
            ? "AND NOT EXISTS (SELECT FROM pg_publication_namespace s WHERE s.pnpubid = p.oid)"
            : "";
    try (PreparedStatement statement =
        connection.jdbc().prepareStatement(LISTS_TABLES.formatted(noSchemas))) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        if (row.next() && row.getBoolean(1)) {
          String details =
              hasDetails
                  ? "(SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a"
                      + " WHERE a.attrelid = c.oid AND a.attnum = ANY (r.prattrs::int2[])),"
                      + " pg_get_expr(r.prqual, r.prrelid)"
                  : "NULL::text[], NULL::text";
          return LISTED.formatted(details);
        }
      }
    }
    return "SELECT schemaname, tablename"
        + (hasDetails ? ", attnames::text[], rowfilter" : ", NULL::text[], NULL::text")
        + " FROM pg_publication_tables WHERE pubname = ?";
  }

  private static Map<String, Published> published(
      PgConnection connection, String name, int serverVersion) throws SQLException {
    Map<String, Published> tables = new TreeMap<>();
    String question = question(connection, name, serverVersion >= 150_000);
    try (PreparedStatement statement = connection.jdbc().prepareStatement(question)) {
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
        + (qualifiedTables.isEmpty() ? "" : " FOR TABLE " + String.join(", ", qualifiedTables))
        + " WITH (publish_via_partition_root = true)";
  }

  static String addStatement(String name, List<String> qualifiedTables) {
    return "ALTER PUBLICATION "
        + Sql.quote(name)
        + " ADD TABLE "
        + String.join(", ", qualifiedTables);
  }
}
