package dev.freshet.sql.error;

import java.util.List;

/**
 * A piece of SQL and where it stands, so that errors can point at it.
 *
 * @param file how messages name the source: a path, or {@code query} for text without file
 * @param sql the SQL
 * @param lineOffset lines of the file before the SQL's first line
 */
public record SourceText(String file, String sql, int lineOffset) {
  /** SQL that starts at line 1. */
  public static SourceText of(String file, String sql) {
    return new SourceText(file, sql, 0);
  }

  /** The line of the SQL (from 1), without its end; empty past the end. */
  String line(int line) {
    List<String> lines = sql.lines().toList();
    return line >= 1 && line <= lines.size() ? lines.get(line - 1) : "";
  }

  /** The text between two positions of the SQL (lines and columns from 1, the end included). */
  public String fragment(Span span) {
    List<String> lines = sql.lines().toList();
    StringBuilder text = new StringBuilder();
    for (int line = span.line(); line <= Math.min(span.endLine(), lines.size()); line++) {
      String all = lines.get(line - 1);
      int from = line == span.line() ? Math.min(span.column() - 1, all.length()) : 0;
      int to = line == span.endLine() ? Math.min(span.endColumn(), all.length()) : all.length();
      text.append(text.isEmpty() ? "" : " ")
          .append(all.substring(from, Math.max(from, to)).strip());
    }
    return text.toString();
  }

  /** Positions in the SQL, from 1, the end included. */
  public record Span(int line, int column, int endLine, int endColumn) {
    public static final Span START = new Span(1, 1, 1, 1);
  }
}
