package dev.freshet.sql.error;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.sql.error.SourceText.Span;
import org.jspecify.annotations.Nullable;

/**
 * Bad SQL. The message has the form
 *
 * <pre>
 * models/revenue.sql:7:8: Unknown column: amuont. Did you mean amount?
 *   SELECT amuont FROM orders
 *          ^^^^^^
 * </pre>
 */
public final class SqlException extends FreshetException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_LINE = 160;

  private final String file;
  private final String problem;
  private final int line;
  private final int column;

  public SqlException(ErrorCode code, String problem, SourceText source, Span span) {
    this(code, problem, source, span, null);
  }

  public SqlException(
      ErrorCode code, String problem, SourceText source, Span span, @Nullable Throwable cause) {
    super(code, message(problem, source, span), cause);
    this.file = source.file();
    this.problem = problem;
    this.line = source.lineOffset() + span.line();
    this.column = span.column();
  }

  /** The file as the caller named it. */
  public String file() {
    return file;
  }

  /** What is wrong and how to fix it, without the position. */
  public String problem() {
    return problem;
  }

  /** The line in the file, from 1. */
  public int line() {
    return line;
  }

  /** The column in the line, from 1. */
  public int column() {
    return column;
  }

  private static String message(String problem, SourceText source, Span span) {
    String head =
        source.file() + ":" + (source.lineOffset() + span.line()) + ":" + span.column() + ": ";
    String line = source.line(span.line());
    if (line.isBlank()) {
      return head + problem;
    }
    int end = span.endLine() == span.line() ? span.endColumn() : line.length();
    int width = Math.max(1, Math.min(end, line.length()) - span.column() + 1);
    int from = 0;
    String shown = line;
    if (line.length() > MAX_LINE) {
      from = Math.max(0, Math.min(span.column() - 1 - MAX_LINE / 4, line.length() - MAX_LINE));
      shown = line.substring(from, from + MAX_LINE);
      width = Math.min(width, Math.max(1, from + MAX_LINE - span.column() + 1));
    }
    // A tab stays a tab, so that the caret stands under the fragment whatever the tab's width.
    StringBuilder indent = new StringBuilder();
    for (int i = from; i < span.column() - 1; i++) {
      indent.append(i < line.length() && line.charAt(i) == '\t' ? '\t' : ' ');
    }
    return head + problem + "\n  " + shown + "\n  " + indent + "^".repeat(width);
  }
}
