package dev.freshet.sql.dialect;

import dev.freshet.sql.error.Tokens;
import dev.freshet.sql.error.Tokens.Token;
import java.util.List;

/**
 * Blanks out the word ROW where a CASE follows in its parentheses, which the parser does not take:
 * without the word it does, and the meaning is the same.
 *
 * <pre>
 * ROW(a, CASE WHEN b THEN c END)
 *    (a, CASE WHEN b THEN c END)
 * </pre>
 */
final class RowWords {
  private final List<Token> tokens;

  private RowWords(List<Token> tokens) {
    this.tokens = tokens;
  }

  /** The same text, of the same length. */
  static String blanked(String sql) {
    RowWords words = new RowWords(Tokens.of(sql));
    StringBuilder text = new StringBuilder(sql);
    for (int i = 0; i < words.tokens.size(); i++) {
      Token token = words.tokens.get(i);
      if (isWord(token, "ROW") && words.holdsSeveralWithCase(i + 1)) {
        text.replace(token.start(), token.end(), " ".repeat(token.end() - token.start()));
      }
    }
    return text.toString();
  }

  private static boolean isWord(Token token, String word) {
    return token.kind() == Tokens.Kind.WORD && token.is(word);
  }

  /** A single value in parentheses is no row. */
  private boolean holdsSeveralWithCase(int open) {
    if (!tokens.get(open).is("(")) {
      return false;
    }
    int depth = 0;
    boolean several = false;
    boolean choice = false;
    for (int i = open; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      choice |= isWord(token, "CASE");
      several |= depth == 1 && token.is(",");
      if (isWord(token, "CASE") || token.is("(") || token.is("[")) {
        depth++;
      } else if (isWord(token, "END") || token.is(")") || token.is("]")) {
        depth--;
      }
      if (depth == 0) {
        break;
      }
    }
    return several && choice;
  }
}
