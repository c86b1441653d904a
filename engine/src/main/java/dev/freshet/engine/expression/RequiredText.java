package dev.freshet.engine.expression;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A text that stands in whatever a regular expression matches, so that most texts that do not match
 * are told by a search of bytes. Knows the plain constructs; of any other it says nothing.
 *
 * @param bytes the text, at least two ASCII characters
 * @param charsBefore at most so many characters of a match stand before it; {@link #UNKNOWN} when
 *     that has no bound
 */
@SuppressWarnings("ArrayRecordComponent") // read-only
record RequiredText(byte[] bytes, int charsBefore) {
  static final int UNKNOWN = Integer.MAX_VALUE;

  private static final int BYTES_MIN = 2;
  private static final String QUANTIFIERS = "*+?{";

  /** A class of letters, digits or spaces, by its escape. */
  private static final String CLASSES = "dDwWsShHvV";

  /** What the regular expression requires, if anything is known of it. */
  static Optional<RequiredText> of(String regex) {
    Reader reader = new Reader(regex);
    reader.sequence(0);
    boolean whole = reader.at == regex.length();
    return reader.understood && whole && reader.best.length() >= BYTES_MIN
        ? Optional.of(
            new RequiredText(
                reader.best.getBytes(StandardCharsets.US_ASCII), reader.charsBeforeBest))
        : Optional.empty();
  }

  /** Reads a regular expression once, and finds the longest run of characters outside of groups. */
  private static final class Reader {
    private final String regex;
    private int at;
    private boolean understood = true;
    private String best = "";
    private int charsBeforeBest;
    private final StringBuilder run = new StringBuilder();
    private int charsBeforeRun;

    Reader(String regex) {
      this.regex = regex;
    }

    /** Reads up to the end, a bar or a closing parenthesis; returns the most characters of it. */
    int sequence(int depth) {
      int width = 0;
      while (understood && at < regex.length() && regex.charAt(at) != '|' && !atClosing()) {
        int start = at;
        int element = element(depth);
        char meant = regex.charAt(at - 1);
        boolean once = understood && element == 1 && isPlain(start) && !isQuantified();
        int times = quantifier();
        if (depth == 0 && once) {
          charsBeforeRun = run.isEmpty() ? width : charsBeforeRun;
          run.append(meant);
        } else if (depth == 0) {
          endRun();
        }
        width = bounded((long) width + (long) element * times, element, times, width);
      }
      if (depth == 0) {
        endRun();
      }
      return width;
    }

    private boolean atClosing() {
      return regex.charAt(at) == ')';
    }

    private static int bounded(long sum, int element, int times, int before) {
      boolean endless =
          before == UNKNOWN || element == UNKNOWN || (element > 0 && times == UNKNOWN);
      return endless || sum >= UNKNOWN ? UNKNOWN : (int) sum;
    }

    private void endRun() {
      if (run.length() > best.length()) {
        best = run.toString();
        charsBeforeBest = charsBeforeRun;
      }
      run.setLength(0);
    }

    /** Whether what begins there is one ASCII character that means itself. */
    private boolean isPlain(int start) {
      char first = regex.charAt(start);
      char meant = first == '\\' ? regex.charAt(start + 1) : first;
      boolean special = first != '\\' && ".[(^$".indexOf(first) >= 0;
      boolean ofClass = first == '\\' && Character.isLetterOrDigit(meant);
      return meant < 0x80 && !special && !ofClass;
    }

    /** The most UTF-16 characters of the element that is read; 1 for a plain one. */
    private int element(int depth) {
      char first = regex.charAt(at++);
      return switch (first) {
        case '^', '$' -> 0;
        case '.' -> 2;
        case '[' -> characterClass();
        case '(' -> group(depth);
        case '\\' -> escaped();
        case '*', '+', '?', '{', ')', ']', '}' -> notUnderstood();
        default -> first < 0x80 ? 1 : notUnderstood();
      };
    }

    private int escaped() {
      if (at == regex.length()) {
        return notUnderstood();
      }
      char escaped = regex.charAt(at++);
      if (CLASSES.indexOf(escaped) >= 0) {
        return 2;
      }
      return escaped == 'b'
          ? 0
          : Character.isLetterOrDigit(escaped) || escaped >= 0x80 ? notUnderstood() : 1;
    }

    private int characterClass() {
      int start = at;
      while (at < regex.length() && regex.charAt(at) != ']') {
        char inside = regex.charAt(at++);
        if (inside == '[' || inside == '\\' || regex.startsWith("&&", at - 1)) {
          return notUnderstood();
        }
      }
      String members = regex.substring(start, at);
      if (at == regex.length() || members.isEmpty() || members.equals("^")) {
        return notUnderstood();
      }
      at++;
      return 2;
    }

    private int group(int depth) {
      if (at < regex.length() && regex.charAt(at) == '?') {
        if (!regex.startsWith("?:", at)) {
          return notUnderstood();
        }
        at += 2;
      }
      int width = sequence(depth + 1);
      while (understood && at < regex.length() && regex.charAt(at) == '|') {
        at++;
        width = Math.max(width, sequence(depth + 1));
      }
      if (!understood || at == regex.length()) {
        return notUnderstood();
      }
      at++;
      return width;
    }

    private boolean isQuantified() {
      return at < regex.length() && QUANTIFIERS.indexOf(regex.charAt(at)) >= 0;
    }

    /** How often the element before may stand at most. */
    private int quantifier() {
      if (!understood || !isQuantified()) {
        return 1;
      }
      char quantifier = regex.charAt(at++);
      if (quantifier == '{') {
        notUnderstood();
      }
      if (at < regex.length() && (regex.charAt(at) == '?' || regex.charAt(at) == '+')) {
        at++;
      }
      return quantifier == '?' ? 1 : UNKNOWN;
    }

    private int notUnderstood() {
      understood = false;
      return 0;
    }
  }
}
