package dev.freshet.sql.dialect;

import dev.freshet.sql.error.Tokens;

/** Lets names stand in backticks, as Flink writes them, beside the standard's double quotes. */
final class Backticks {
  private Backticks() {}

  /** The same text, of the same length, with double quotes around the names. */
  static String toDoubleQuotes(String sql) {
    if (sql.indexOf('`') < 0) {
      return sql;
    }
    StringBuilder text = new StringBuilder(sql);
    for (Tokens.Token token : Tokens.of(sql)) {
      if (token.kind() == Tokens.Kind.QUOTED && sql.charAt(token.start()) == '`') {
        text.setCharAt(token.start(), '"');
        if (sql.charAt(token.end() - 1) == '`') {
          text.setCharAt(token.end() - 1, '"');
        }
      }
    }
    return text.toString();
  }
}
