package dev.freshet.sql.statement;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.sql.error.SourceText;
import dev.freshet.sql.error.SqlException;
import dev.freshet.sql.error.Tokens;
import dev.freshet.sql.error.Tokens.Kind;
import dev.freshet.sql.error.Tokens.Token;
import java.util.List;

/** Reads tokens one after the other. Single thread. */
final class TokenReader {
  private final SourceText source;
  private final List<Token> tokens;
  private int at;

  TokenReader(SourceText source) {
    this.source = source;
    this.tokens = Tokens.of(source.sql());
  }

  Token peek() {
    return tokens.get(at);
  }

  Token next() {
    Token token = tokens.get(at);
    at = Math.min(at + 1, tokens.size() - 1);
    return token;
  }

  /** Takes these words if they come next. */
  boolean take(String... words) {
    for (int i = 0; i < words.length; i++) {
      if (at + i >= tokens.size() || !tokens.get(at + i).is(words[i])) {
        return false;
      }
    }
    at += words.length;
    return true;
  }

  Token expect(String word) {
    Token token = next();
    if (!token.is(word)) {
      throw unexpected(token, word);
    }
    return token;
  }

  /** A name, with or without quotes. */
  String name(String what) {
    Token token = next();
    if (token.kind() != Kind.WORD && token.kind() != Kind.QUOTED) {
      throw unexpected(token, what);
    }
    return token.text();
  }

  /** A text in single quotes, without them. */
  String text(String what) {
    Token token = next();
    if (token.kind() != Kind.TEXT) {
      throw unexpected(token, what);
    }
    return token.text();
  }

  int number(String what) {
    Token token = next();
    if (token.kind() != Kind.NUMBER || !token.text().matches("\\d{1,9}")) {
      throw unexpected(token, what);
    }
    return Integer.parseInt(token.text());
  }

  /** Checks that nothing follows but a semicolon. */
  void end() {
    take(";");
    if (peek().kind() != Kind.END) {
      throw unexpected(peek(), "the end of the statement");
    }
  }

  /** The rest of the text as a source of its own, every line and column in its place. */
  SourceText rest() {
    int start = peek().start();
    StringBuilder text = new StringBuilder(source.sql());
    for (int i = 0; i < start; i++) {
      if (text.charAt(i) != '\n') {
        text.setCharAt(i, ' ');
      }
    }
    String sql = text.toString().stripTrailing();
    return new SourceText(
        source.file(),
        sql.endsWith(";") ? sql.substring(0, sql.length() - 1) : sql,
        source.lineOffset());
  }

  SqlException unexpected(Token token, String wanted) {
    String found = token.kind() == Kind.END ? "the text ends" : "found " + token.text();
    return error(ErrorCode.SQL_SYNTAX, "expected " + wanted + ", but " + found + ".", token);
  }

  SqlException error(ErrorCode code, String problem, Token token) {
    return new SqlException(code, "Invalid SQL: " + problem, source, token.span());
  }
}
