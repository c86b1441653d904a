package dev.freshet.files;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A pattern of paths as shells write it, of texts: a path of the JDK knows no names that the
 * machine's locale cannot write, and keys of objects are none of its own. Immutable; safe for all
 * threads.
 *
 * <pre>
 *   *        any within a folder          ?        one character, but no slash
 *   **       any, through folders         [a-z]    one of these, [!a-z] one of the others
 *   {a,b}    one of these patterns        \        the next character stands for itself
 * </pre>
 */
final class Glob {
  /** Of what a character of an expression may mean otherwise. */
  private static final String MEANING = "\\^$.|?*+()[]{}&-~#";

  private final Pattern expression;

  private Glob(Pattern expression) {
    this.expression = expression;
  }

  /**
   * @throws PatternSyntaxException when it is no pattern
   */
  static Glob of(String pattern) {
    return new Glob(new Reader(pattern).expression());
  }

  boolean matches(String path) {
    return expression.matcher(path).matches();
  }

  /** Reads a pattern once, from its start. */
  private static final class Reader {
    private final String pattern;
    private final StringBuilder expression = new StringBuilder();
    private int at;
    private boolean isWithinGroup;

    Reader(String pattern) {
      this.pattern = pattern;
    }

    Pattern expression() {
      while (at < pattern.length()) {
        int character = next();
        switch (character) {
          case '*' -> any();
          case '?' -> expression.append("[^/]");
          case '[' -> oneOf();
          case '{' -> openGroup();
          case '}' -> closeGroup();
          case ',' -> expression.append(isWithinGroup ? "|" : ",");
          case '\\' -> literal(escaped());
          default -> literal(character);
        }
      }
      if (isWithinGroup) {
        throw failed("Missing '}'");
      }
      return Pattern.compile(expression.toString(), Pattern.DOTALL);
    }

    private int next() {
      int character = pattern.codePointAt(at);
      at += Character.charCount(character);
      return character;
    }

    private boolean comes(char character) {
      boolean comes = at < pattern.length() && pattern.charAt(at) == character;
      if (comes) {
        at++;
      }
      return comes;
    }

    private void any() {
      expression.append(comes('*') ? ".*" : "[^/]*");
    }

    private int escaped() {
      if (at == pattern.length()) {
        throw failed("No character to escape");
      }
      return next();
    }

    private void openGroup() {
      if (isWithinGroup) {
        throw failed("Cannot nest groups");
      }
      isWithinGroup = true;
      expression.append("(?:");
    }

    private void closeGroup() {
      expression.append(isWithinGroup ? ")" : "\\}");
      isWithinGroup = false;
    }

    /** Never a slash; a hyphen at the start or the end stands for itself, as do all others. */
    private void oneOf() {
      expression.append("(?!/)[").append(comes('!') ? "^" : "");
      int first = at;
      while (at == first || !comes(']')) {
        if (at == pattern.length()) {
          throw failed("Missing ']'");
        }
        int low = next();
        if (low == '/') {
          throw failed("Explicit '/' in class");
        }
        literal(low);
        boolean isRange =
            at + 1 < pattern.length() && pattern.charAt(at) == '-' && pattern.charAt(at + 1) != ']';
        if (isRange) {
          at++;
          int high = next();
          if (high < low || high == '/') {
            throw failed("Invalid range");
          }
          expression.append('-');
          literal(high);
        }
      }
      expression.append(']');
    }

    private void literal(int character) {
      if (MEANING.indexOf(character) >= 0) {
        expression.append('\\');
      }
      expression.appendCodePoint(character);
    }

    private PatternSyntaxException failed(String what) {
      return new PatternSyntaxException(what, pattern, at - 1);
    }
  }
}
