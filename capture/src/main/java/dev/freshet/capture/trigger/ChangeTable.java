package dev.freshet.capture.trigger;

import dev.freshet.capture.jdbc.TableName;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;

/**
 * The table that triggers write changes to:
 *
 * <pre>
 *   id                   given before the commit, so rows with a lower one may come later
 *   xid                  the transaction, where the database tells it
 *   changed_at           when the row was changed
 *   tbl, op              the table; i(nsert), u(pdate), d(elete), t(runcate), s: read the table anew
 *   old_row, new_row     the row before and after, as JSON
 * </pre>
 *
 * @param schema in which it lies; of MariaDB the database
 * @param sql its name, quoted
 */
record ChangeTable(String schema, String table, String sql) {
  static final String COMMENT = "Changes for Freshet, until it has them; installation ";

  /** It begins the names of its triggers: those of another change table have other names. */
  String triggerName() {
    return table + "_" + Catalog.hash(schema);
  }

  /** Another object beside it, named after it, in double quotes or backticks. */
  String beside(String suffix, String quote) {
    return TableName.quoted(schema, quote) + "." + TableName.quoted(table + suffix, quote);
  }

  /**
   * The installation that its comment names.
   *
   * @throws FreshetException SOURCE_MISCONFIGURED when Freshet did not make the table
   */
  String installationOf(String comment) {
    if (!comment.startsWith(COMMENT)) {
      throw new FreshetException(
          ErrorCode.SOURCE_MISCONFIGURED,
          "Cannot write changes to table "
              + sql
              + ": it is there, and not made by Freshet. Fix: name another with change-table:.");
    }
    return comment.substring(COMMENT.length());
  }

  /** A statement that has a table read anew. */
  String marker(String table) {
    return "INSERT INTO " + sql + " (tbl, op) VALUES (" + literal(table) + ", 's')";
  }

  /** As both databases take it, whatever their settings, as long as it has no backslash. */
  static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
