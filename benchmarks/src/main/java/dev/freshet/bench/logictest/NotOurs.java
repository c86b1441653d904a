package dev.freshet.bench.logictest;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the scripts ask for that is SQLite's own. Decided only after Freshet has refused a record or
 * answered differently, from its text and what happened; everything else is a failure.
 */
enum NotOurs {
  INDEX(
      "CREATE INDEX, DROP INDEX, REINDEX",
      "an index changes no answer, and Freshet chooses its own",
      "(CREATE\\s+(UNIQUE\\s+)?INDEX|DROP\\s+INDEX|REINDEX)\\b.*",
      ".*"),
  TRIGGER(
      "CREATE TRIGGER, DROP TRIGGER",
      "its body is a program in SQLite's own language",
      "(CREATE|DROP)\\s+TRIGGER\\b.*",
      ".*"),
  REPLACE(
      "INSERT OR REPLACE, REPLACE INTO",
      "not in the SQL standard; a program uses Transaction.upsert",
      "(INSERT\\s+OR\\s+REPLACE|REPLACE)\\s+INTO\\b.*",
      "SQL_SYNTAX .*|SQL_UNSUPPORTED .*"),
  SET_TWICE(
      "UPDATE that sets a column more than once",
      "an error in the SQL standard; SQLite takes the last value",
      "UPDATE\\b.*",
      "SQL_INVALID .* gets two values\\..*"),
  EMPTY_LIST(
      "IN ()",
      "a list has at least one value in the SQL standard",
      ".*\\bIN\\s*\\(\\s*\\).*",
      "SQL_SYNTAX .* unexpected \\)\\..*"),
  BLOB_AS_TEXT(
      "binary values compared with numbers or texts",
      "no implicit conversion between binary and other types",
      ".*\\bx'.*",
      "SQL_INVALID .* compatible types\\..*"),
  PLUS_TEXT(
      "+ before a text",
      "the operand of a sign is a number in the SQL standard; SQLite ignores the sign",
      "SELECT\\b.*",
      "SQL_INVALID .* wrong type: \\+VARCHAR\\..*"),
  UNGROUPED(
      "columns that are neither grouped nor aggregated",
      "the SQL standard has no value for them; SQLite takes that of any row",
      "SELECT\\b.*",
      "SQL_INVALID .* is neither grouped nor aggregated\\..*"),
  ZERO_DIVISOR(
      "division by zero",
      "an error in the SQL standard; SQLite and MySQL give NULL",
      ".*[/%].*",
      "VALUE_INVALID .*division by zero.*"),
  WIDE_INTEGER(
      "whole numbers beyond 32 bits",
      "INTEGER has 32 bits here as in PostgreSQL and Flink, and 64 in SQLite",
      "SELECT\\b.*",
      "VALUE_INVALID .*the result does not fit the type INTEGER\\..*"),
  DROP_READ_VIEW(
      "DROP VIEW while another view reads it",
      "refused as RESTRICT in the SQL standard; SQLite leaves a view that fails when it is read",
      "DROP\\s+VIEW\\b.*",
      "REQUEST_INVALID Cannot drop .* reads it\\. Drop that first\\.");

  private final String title;
  private final String reason;
  private final Pattern sql;
  private final Pattern happened;

  NotOurs(String title, String reason, String sql, String happened) {
    this.title = title;
    this.reason = reason;
    this.sql = Pattern.compile(sql, Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    this.happened = Pattern.compile(happened, Pattern.DOTALL);
  }

  /** The construct. */
  String title() {
    return title;
  }

  /** Why Freshet does not have it. */
  String reason() {
    return reason;
  }

  /** Whether the content of tables is the same without such a statement. */
  boolean isWithoutEffect() {
    return switch (this) {
      case REPLACE, SET_TWICE, TRIGGER -> false;
      case INDEX,
          EMPTY_LIST,
          BLOB_AS_TEXT,
          PLUS_TEXT,
          UNGROUPED,
          ZERO_DIVISOR,
          WIDE_INTEGER,
          DROP_READ_VIEW ->
          true;
    };
  }

  /** Why a statement or query of which this happened is not ours; empty when it is a failure. */
  static Optional<NotOurs> of(String sql, String happened) {
    String text = sql.strip();
    for (NotOurs why : values()) {
      if (why.sql.matcher(text).matches() && why.happened.matcher(happened).matches()) {
        return Optional.of(why);
      }
    }
    return Optional.empty();
  }
}
