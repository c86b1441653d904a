package dev.freshet.capture.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A table's file: how large it is, and whether it is the same as it was.
 *
 * @param pages pages of its rows; 0 for a table that has no file of its own, or one that cannot be
 *     read by pages
 * @param pageBytes bytes of a page
 * @param allBytes bytes of all that is read with the rows: values that lie elsewhere too
 * @param rowEstimate as the planner estimates: rows a page when they were last counted, times pages
 * @param identity the file's number, and the table's columns by their numbers: while these stay, a
 *     row that is not changed stays in its page
 */
record TablePages(long pages, int pageBytes, long allBytes, long rowEstimate, String identity) {
  /** Of a table that is read as a whole. */
  static TablePages ofRows(long estimate) {
    return new TablePages(0, 0, 0, estimate, "");
  }

  /** By the tables' object ids. A file may have grown since the connection's snapshot. */
  static Map<Integer, TablePages> load(PgConnection connection, Collection<Integer> tables)
      throws SQLException {
    Map<Integer, TablePages> found = new HashMap<>();
    if (tables.isEmpty()) {
      return found;
    }
    String ids = tables.stream().map(Integer::toUnsignedString).collect(Collectors.joining(", "));
    try (Statement statement = connection.jdbc().createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT c.oid, coalesce(pg_relation_size(c.oid), 0),
                       current_setting('block_size')::int, coalesce(pg_table_size(c.oid), 0),
                       CASE WHEN c.relpages > 0 THEN c.reltuples / c.relpages ELSE 0 END,
                       concat_ws(' ', c.relfilenode, c.relreplident, (
                         SELECT string_agg(concat_ws(':', attnum, attname, atttypid, atttypmod, attnotnull), ','
                                           ORDER BY attnum)
                         FROM pg_attribute
                         WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped))
                FROM pg_class c JOIN pg_am a ON a.oid = c.relam
                WHERE c.relkind = 'r' AND a.amname = 'heap' AND c.oid IN (%s)\
                """
                    .formatted(ids))) {
      while (row.next()) {
        int pageBytes = row.getInt(3);
        long pages = row.getLong(2) / pageBytes;
        long estimate = Math.round(pages * Math.max(0, row.getDouble(5)));
        found.put(
            (int) row.getLong(1),
            new TablePages(pages, pageBytes, row.getLong(4), estimate, row.getString(6)));
      }
    }
    return found;
  }

  /**
   * How many pages hold about so many bytes of the table, at least one.
   *
   * @param bytes of all that is read with the rows
   */
  long pagesWith(long bytes) {
    double share = (double) pages * pageBytes / Math.max(1, Math.max(allBytes, pages * pageBytes));
    return Math.max(1, (long) (bytes * share / Math.max(1, pageBytes)));
  }
}
