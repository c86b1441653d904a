package dev.freshet.sql.dialect;

/** Lets names stand in backticks, as Flink writes them, beside the standard's double quotes. */
final class Backticks {
  private Backticks() {}

  /** The same text, of the same length, with double quotes around the names. */
  static String toDoubleQuotes(String sql) {
    if (sql.indexOf('`') < 0) {
      return sql;
    }
    char[] text = sql.toCharArray();
    int i = 0;
    while (i < text.length) {
      i = afterToken(text, i);
    }
    return new String(text);
  }

  private static int afterToken(char[] text, int at) {
    char c = text[at];
    if (c == '\'' || c == '"') {
      return after(text, at + 1, c);
    }
    if (c == '-' && at + 1 < text.length && text[at + 1] == '-') {
      return after(text, at + 2, '\n');
    }
    if (c == '/' && at + 1 < text.length && text[at + 1] == '*') {
      int end = at + 2;
      while (end + 1 < text.length && !(text[end] == '*' && text[end + 1] == '/')) {
        end++;
      }
      return Math.min(end + 2, text.length);
    }
    if (c == '`') {
      int end = after(text, at + 1, '`');
      text[at] = '"';
      if (text[end - 1] == '`') {
        text[end - 1] = '"';
      }
      return end;
    }
    return at + 1;
  }

  private static int after(char[] text, int from, char end) {
    int i = from;
    while (i < text.length && text[i] != end) {
      i++;
    }
    return Math.min(i + 1, text.length);
  }
}
