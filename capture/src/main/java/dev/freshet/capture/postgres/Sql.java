package dev.freshet.capture.postgres;

/** Quoting for statements that take no parameters. */
final class Sql {
  private Sql() {}

  /** An identifier in quotes. */
  static String quote(String identifier) {
    return "\"" + identifier.replace("\"", "\"\"") + "\"";
  }

  /** A text literal; our sessions set standard_conforming_strings. */
  static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
