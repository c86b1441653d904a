package dev.freshet.capture.postgres;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Whether a table's rows are still those that a snapshot saw. One that was truncated or rewritten
 * after the snapshot was taken looks empty in it, or has its rows elsewhere. The transaction sees
 * the catalog as of the snapshot, and the functions as of now; the lock that reading takes keeps it
 * so.
 */
final class SameRows {
  /** Whether a table, and its partitions as of the snapshot, are in the files that they were in. */
  private static final String QUESTION =
      """
      WITH RECURSIVE parts AS (
        SELECT %s::oid AS id
        UNION ALL
        SELECT i.inhrelid FROM pg_inherits i
        JOIN parts p ON i.inhparent = p.id
        JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition)
      SELECT NOT EXISTS (
        SELECT FROM parts p LEFT JOIN pg_class c ON c.oid = p.id
        WHERE c.oid IS NULL OR c.relfilenode <> 0
          AND pg_relation_filenode(p.id) IS DISTINCT FROM c.relfilenode)\
      """;

  private SameRows() {}

  /**
   * @param connection in a transaction that has a lock on the table
   * @param what cannot be done when they are not, such as {@code compare}
   */
  static void require(PgConnection connection, TableShape shape, String what) throws SQLException {
    try (Statement statement = connection.jdbc().createStatement();
        ResultSet row =
            statement.executeQuery(
                QUESTION.formatted(Integer.toUnsignedString(shape.relation())))) {
      row.next();
      if (!row.getBoolean(1)) {
        throw new FreshetException(
            ErrorCode.SOURCE_FAILED,
            "Cannot "
                + what
                + " "
                + shape.origin()
                + ": it was truncated or rewritten meanwhile. Try again.");
      }
    }
  }
}
