package dev.freshet.sql.translate;

import java.util.Map;

/**
 * SQL's regular expressions (SIMILAR TO) as Java's: {@code %} and {@code _} as in LIKE, {@code | *
 * + ? {m,n} ( ) [ ]} as in Java, all else for itself.
 */
final class SimilarPattern {
  private static final String SHARED = "|*+?{}()";
  private static final String ONLY_JAVAS = "\\.^$]&~#-";
  private static final Map<String, String> CLASSES =
      Map.of(
          "[:ALPHA:]", "\\p{Alpha}",
          "[:UPPER:]", "\\p{Upper}",
          "[:LOWER:]", "\\p{Lower}",
          "[:DIGIT:]", "\\p{Digit}",
          "[:ALNUM:]", "\\p{Alnum}",
          "[:SPACE:]", " ",
          "[:WHITESPACE:]", "\\s");

  private final String pattern;
  private final String escape;
  private final StringBuilder regex = new StringBuilder("(?s)\\A(?:");
  private int at;

  private SimilarPattern(String pattern, String escape) {
    this.pattern = pattern;
    this.escape = escape;
  }

  /**
   * A regular expression that is found in exactly the texts that are similar.
   *
   * @param escape a character, or empty
   * @throws IllegalArgumentException for a pattern that is not valid
   */
  static String regex(String pattern, String escape) {
    SimilarPattern similar = new SimilarPattern(pattern, escape);
    while (similar.at < pattern.length()) {
      similar.next();
    }
    String regex = similar.regex.append(")\\z").toString();
    java.util.regex.Pattern.compile(regex);
    return regex;
  }

  private void next() {
    char c = pattern.charAt(at++);
    if (isEscape(c)) {
      escaped();
    } else if (c == '%') {
      regex.append(".*");
    } else if (c == '_') {
      regex.append('.');
    } else if (c == '[') {
      characters();
    } else if (SHARED.indexOf(c) >= 0) {
      regex.append(c);
    } else {
      literal(c);
    }
  }

  private boolean isEscape(char c) {
    return !escape.isEmpty() && c == escape.charAt(0);
  }

  private void escaped() {
    if (at == pattern.length()) {
      throw new IllegalArgumentException("the escape character stands at the end");
    }
    literal(pattern.charAt(at++));
  }

  private void literal(char c) {
    if (SHARED.indexOf(c) >= 0 || ONLY_JAVAS.indexOf(c) >= 0 || c == '[') {
      regex.append('\\');
    }
    regex.append(c);
  }

  private void characters() {
    regex.append('[');
    if (at < pattern.length() && pattern.charAt(at) == '^') {
      regex.append('^');
      at++;
    }
    while (at < pattern.length() && pattern.charAt(at) != ']') {
      char c = pattern.charAt(at);
      int end = pattern.indexOf(":]", at);
      String named = c == '[' && end > 0 ? pattern.substring(at, end + 2) : "";
      if (CLASSES.containsKey(named)) {
        regex.append(CLASSES.get(named));
        at += named.length();
        continue;
      }
      at++;
      if (isEscape(c)) {
        escaped();
      } else if (c == '-') {
        regex.append('-');
      } else {
        literal(c);
      }
    }
    if (at == pattern.length()) {
      throw new IllegalArgumentException("a bracket is not closed");
    }
    regex.append(']');
    at++;
  }
}
