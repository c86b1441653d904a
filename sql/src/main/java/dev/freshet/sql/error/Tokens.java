package dev.freshet.sql.error;

import dev.freshet.sql.error.SourceText.Span;
import java.util.ArrayList;
import java.util.List;

/** SQL text cut into words and signs, comments left out. */
public final class Tokens {
  /** What a token is. */
  public enum Kind {
    /** A keyword or a name without quotes. */
    WORD,
    /** A name in double quotes or backticks. */
    QUOTED,
    /** A text in single quotes. */
    TEXT,
    NUMBER,
    /** One character of anything else. */
    SIGN,
    /** After the last token. */
    END
  }

  /**
   * @param text as it stands, names without their quotes
   * @param start the position of its first character in the SQL, from 0
   */
  public record Token(Kind kind, String text, int start, int end, Span span) {
    public boolean is(String word) {
      return (kind == Kind.WORD || kind == Kind.SIGN) && text.equalsIgnoreCase(word);
    }
  }

  private final String sql;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private int lineStart;

  private Tokens(String sql) {
    this.sql = sql;
  }

  /** All tokens, and one of kind {@link Kind#END} behind them. */
  public static List<Token> of(String sql) {
    Tokens tokens = new Tokens(sql);
    while (tokens.at < sql.length()) {
      tokens.next();
    }
    tokens.add(Kind.END, "", sql.length());
    return tokens.tokens;
  }

  private void next() {
    char c = sql.charAt(at);
    if (Character.isWhitespace(c)) {
      moveTo(at + 1);
    } else if (sql.startsWith("--", at)) {
      int end = sql.indexOf('\n', at);
      moveTo(end < 0 ? sql.length() : end);
    } else if (sql.startsWith("/*", at)) {
      int end = sql.indexOf("*/", at + 2);
      moveTo(end < 0 ? sql.length() : end + 2);
    } else if (c == '\'') {
      quoted(Kind.TEXT, c);
    } else if (c == '"' || c == '`') {
      quoted(Kind.QUOTED, c);
    } else if (Character.isDigit(c)) {
      int end = at;
      while (end < sql.length()
          && (Character.isLetterOrDigit(sql.charAt(end)) || sql.charAt(end) == '.')) {
        end++;
      }
      add(Kind.NUMBER, sql.substring(at, end), end);
    } else if (Character.isJavaIdentifierStart(c)) {
      int end = at;
      while (end < sql.length() && Character.isJavaIdentifierPart(sql.charAt(end))) {
        end++;
      }
      add(Kind.WORD, sql.substring(at, end), end);
    } else {
      add(Kind.SIGN, String.valueOf(c), at + 1);
    }
  }

  /** A quote inside is doubled. */
  private void quoted(Kind kind, char quote) {
    StringBuilder text = new StringBuilder();
    int end = at + 1;
    while (end < sql.length()) {
      char c = sql.charAt(end);
      if (c == quote) {
        if (end + 1 < sql.length() && sql.charAt(end + 1) == quote) {
          end++;
        } else {
          break;
        }
      }
      text.append(c);
      end++;
    }
    add(kind, text.toString(), Math.min(end + 1, sql.length()));
  }

  private void add(Kind kind, String text, int end) {
    int startLine = line;
    int startColumn = at - lineStart + 1;
    int start = at;
    moveTo(end);
    int endColumn = Math.max(1, at - lineStart);
    tokens.add(
        new Token(kind, text, start, end, new Span(startLine, startColumn, line, endColumn)));
  }

  private void moveTo(int end) {
    for (int i = at; i < end; i++) {
      if (sql.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    at = end;
  }
}
