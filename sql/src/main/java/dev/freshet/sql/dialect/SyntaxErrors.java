package dev.freshet.sql.dialect;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.sql.error.SourceText;
import dev.freshet.sql.error.SourceText.Span;
import dev.freshet.sql.error.SqlException;
import dev.freshet.sql.error.Tokens;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.parser.babel.ParseException;
import org.apache.calcite.sql.parser.babel.Token;

/** Says in a sentence what the parser could not read. */
final class SyntaxErrors {
  private static final Pattern LEXICAL =
      Pattern.compile("Lexical error at line (\\d+), column (\\d+)\\.\\s+Encountered: (.*)");
  private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*");
  private static final Pattern ON_CONFLICT =
      Pattern.compile("\\bON\\s+CONFLICT\\b", Pattern.CASE_INSENSITIVE);
  private static final int END = 0;

  /** Reserved words that can stand where a name or value can. */
  private static final Set<String> STARTS =
      Set.of(
          "SELECT",
          "VALUES",
          "TABLE",
          "WITH",
          "LATERAL",
          "UNNEST",
          "NOT",
          "CASE",
          "CAST",
          "EXISTS",
          "NULL",
          "TRUE",
          "FALSE",
          "INTERVAL",
          "DATE",
          "TIME",
          "TIMESTAMP");

  private SyntaxErrors() {}

  static SqlException translate(SqlParseException e, SourceText source) {
    if (source.sql().isBlank()) {
      return error("the text is empty.", source, Span.START);
    }
    if (e.getCause() instanceof ParseException cause && cause.currentToken != null) {
      return unexpected(cause, source);
    }
    Matcher lexical = LEXICAL.matcher(String.valueOf(e.getMessage()));
    if (lexical.find()) {
      int line = Integer.parseInt(lexical.group(1));
      int column = Integer.parseInt(lexical.group(2));
      return error(lexical(lexical.group(3)), source, new Span(line, column, line, column));
    }
    SqlParserPos position = e.getPos();
    Span span = position == null ? Span.START : Positions.span(position);
    if (String.valueOf(e.getMessage()).startsWith("Non-query expression")) {
      return Constructs.unknownStatement(source, span);
    }
    if (String.valueOf(e.getMessage()).startsWith("Incorrect syntax near the keyword")) {
      return nearKeyword(source, span);
    }
    String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("not readable");
    return error(line.endsWith(".") ? line : line + ".", source, span);
  }

  private static SqlException error(String problem, SourceText source, Span span) {
    return new SqlException(ErrorCode.SQL_SYNTAX, "Invalid SQL: " + problem, source, span);
  }

  private static SqlException unexpected(ParseException cause, SourceText source) {
    Token token = cause.currentToken.next;
    if (token == null) {
      token = cause.currentToken;
    }
    Span span = new Span(token.beginLine, token.beginColumn, token.endLine, token.endColumn);
    if (token.kind == END) {
      return error("the text ends too early.", source, span);
    }
    if (cause.currentToken.image.equalsIgnoreCase("INTERVAL")) {
      return error(
          "unexpected " + token.image + ". An interval is written as INTERVAL '1' DAY.",
          source,
          span);
    }
    if (token.image.equalsIgnoreCase("ON") && ON_CONFLICT.matcher(source.sql()).find()) {
      return error(
          "unexpected ON CONFLICT, which is not there. A program can use Transaction.upsert.",
          source,
          span);
    }
    return error(problem(token.image), source, span);
  }

  /**
   * The parser stands at a keyword that it would take if what follows were right, as at FROM in
   * "FROM order": the next word is the one to blame when it is reserved.
   */
  private static SqlException nearKeyword(SourceText source, Span span) {
    List<Tokens.Token> tokens = Tokens.of(source.sql());
    for (int i = 0; i + 1 < tokens.size(); i++) {
      Tokens.Token next = tokens.get(i + 1);
      Span at = tokens.get(i).span();
      if (at.line() != span.line() || at.column() != span.column()) {
        continue;
      }
      if (next.kind() == Tokens.Kind.END) {
        return error("the text ends too early.", source, at);
      }
      boolean nameOnly = tokens.get(i).is("AS");
      boolean blamed =
          next.kind() == Tokens.Kind.WORD
              && ReservedWords.contains(next.text())
              && (nameOnly || !STARTS.contains(next.text().toUpperCase(Locale.ROOT)));
      return error(
          problem(blamed ? next.text() : tokens.get(i).text()), source, blamed ? next.span() : at);
    }
    return error(problem(source.fragment(span)), source, span);
  }

  private static String problem(String token) {
    if (token.equals("'") || token.equals("\"")) {
      return "a quote is opened here and not closed.";
    }
    if (token.equals(";")) {
      return "unexpected ;. Give one statement.";
    }
    if (WORD.matcher(token).matches() && ReservedWords.contains(token)) {
      return "unexpected "
          + token
          + ", a reserved word. If it is a name, write it in double quotes: \""
          + token
          + "\".";
    }
    return "unexpected " + token + ".";
  }

  private static String lexical(String encountered) {
    if (encountered.contains("'")
        || encountered.contains("\\\"")
        || encountered.contains("<EOF>")) {
      return "a quote is opened here and not closed.";
    }
    return "unexpected character "
        + encountered.replaceAll("\\s*\\(.*", "").replace("\"", "")
        + ".";
  }
}
