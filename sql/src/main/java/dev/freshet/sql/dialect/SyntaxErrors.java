package dev.freshet.sql.dialect;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.sql.error.SourceText;
import dev.freshet.sql.error.SourceText.Span;
import dev.freshet.sql.error.SqlException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.sql.parser.SqlParseException;

/** Says in a sentence what the parser could not read. */
final class SyntaxErrors {
  private static final Pattern ENCOUNTERED = Pattern.compile("^Encountered \"(.*?)\" at line");
  private static final Pattern LEXICAL = Pattern.compile("Encountered: \"?(.+?)\"? \\(\\d+\\)");
  private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*");

  private SyntaxErrors() {}

  static SqlException translate(SqlParseException e, SourceText source) {
    Span span = Positions.span(e.getPos());
    return new SqlException(ErrorCode.SQL_SYNTAX, problem(e, source, span), source, span);
  }

  private static String problem(SqlParseException e, SourceText source, Span span) {
    String message = String.valueOf(e.getMessage());
    if (source.sql().isBlank()) {
      return "Invalid SQL: the text is empty.";
    }
    if (message.contains("<EOF>")) {
      return "Invalid SQL: the text ends too early.";
    }
    Matcher encountered = ENCOUNTERED.matcher(message);
    if (encountered.find()) {
      String token = source.fragment(span);
      String word = WORD.matcher(token).lookingAt() ? token : encountered.group(1);
      return "Invalid SQL: " + unexpected(word, message);
    }
    Matcher lexical = LEXICAL.matcher(message);
    if (lexical.find()) {
      return "Invalid SQL: unexpected character " + lexical.group(1) + ".";
    }
    return "Invalid SQL: " + firstSentence(message);
  }

  private static String unexpected(String token, String message) {
    if (token.equals(";")) {
      return "unexpected ;. Give one statement, without a semicolon.";
    }
    boolean nameExpected =
        message.contains("<IDENTIFIER>") || message.contains("<QUOTED_IDENTIFIER>");
    if (WORD.matcher(token).matches() && ReservedWords.contains(token)) {
      return nameExpected
          ? token
              + " is a reserved word. To use it as a name, write it in double quotes: \""
              + token
              + "\"."
          : "unexpected " + token + " (a reserved word; as a name it needs double quotes).";
    }
    return "unexpected " + token + ".";
  }

  private static String firstSentence(String message) {
    String line = message.lines().findFirst().orElse("not readable");
    return line.endsWith(".") ? line : line + ".";
  }
}
