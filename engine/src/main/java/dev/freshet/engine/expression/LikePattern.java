package dev.freshet.engine.expression;

import java.util.Arrays;
import java.util.Optional;

/**
 * A LIKE pattern: {@code %} stands for any text, {@code _} for one character. There is no escape
 * character unless one is given; it must precede {@code %}, {@code _} or itself.
 */
final class LikePattern {
  private static final int ANY_CHARACTER = -1;
  private static final int ANY_TEXT = -2;

  /** Patterns of one literal and {@code %} at its ends need no general matching. */
  private enum Form {
    EXACT,
    PREFIX,
    SUFFIX,
    CONTAINS,
    GENERAL
  }

  private final Form form;
  private final byte[] literal;
  private final int[] tokens;

  private LikePattern(Form form, byte[] literal, int[] tokens) {
    this.form = form;
    this.literal = literal;
    this.tokens = tokens;
  }

  /**
   * @param escape the UTF-8 bytes of the escape character; empty for none
   * @return empty when the pattern or the escape is not valid
   */
  static Optional<LikePattern> parse(byte[] pattern, Optional<byte[]> escape) {
    byte[] escaping = escape.orElse(new byte[0]);
    if (escape.isPresent() && Utf8.length(escaping, 0, escaping.length) != 1) {
      return Optional.empty();
    }
    int[] tokens = new int[pattern.length];
    int count = 0;
    for (int i = 0; i < pattern.length; i++) {
      if (escape.isPresent() && startsWith(pattern, i, escaping)) {
        i += escaping.length;
        boolean special = i < pattern.length && (pattern[i] == '%' || pattern[i] == '_');
        if (special) {
          tokens[count++] = pattern[i];
        } else if (startsWith(pattern, i, escaping)) {
          for (byte b : escaping) {
            tokens[count++] = b & 0xFF;
          }
          i += escaping.length - 1;
        } else {
          return Optional.empty();
        }
      } else if (pattern[i] == '%') {
        if (count == 0 || tokens[count - 1] != ANY_TEXT) {
          tokens[count++] = ANY_TEXT;
        }
      } else {
        tokens[count++] = pattern[i] == '_' ? ANY_CHARACTER : pattern[i] & 0xFF;
      }
    }
    return Optional.of(of(Arrays.copyOf(tokens, count)));
  }

  private static boolean startsWith(byte[] pattern, int at, byte[] wanted) {
    return at + wanted.length <= pattern.length
        && Arrays.equals(pattern, at, at + wanted.length, wanted, 0, wanted.length);
  }

  private static LikePattern of(int[] tokens) {
    boolean open = tokens.length > 0 && tokens[0] == ANY_TEXT;
    boolean end = tokens.length > 0 && tokens[tokens.length - 1] == ANY_TEXT;
    int from = open ? 1 : 0;
    int to = Math.max(from, tokens.length - (end ? 1 : 0));
    byte[] literal = new byte[to - from];
    for (int i = from; i < to; i++) {
      if (tokens[i] < 0) {
        return new LikePattern(Form.GENERAL, new byte[0], tokens);
      }
      literal[i - from] = (byte) tokens[i];
    }
    Form form = open ? (end ? Form.CONTAINS : Form.SUFFIX) : (end ? Form.PREFIX : Form.EXACT);
    return new LikePattern(form, literal, tokens);
  }

  /** Matches many rows, with one decision on the pattern's form for all. */
  void match(byte[] data, int[] offsets, int count, boolean[] result) {
    switch (form) {
      case PREFIX -> matchPrefix(data, offsets, literal, count, result);
      case SUFFIX -> {
        for (int i = 0; i < count; i++) {
          result[i] = endsWith(data, offsets[i], offsets[i + 1], literal);
        }
      }
      case EXACT -> {
        for (int i = 0; i < count; i++) {
          result[i] = Arrays.equals(data, offsets[i], offsets[i + 1], literal, 0, literal.length);
        }
      }
      case CONTAINS -> {
        for (int i = 0; i < count; i++) {
          result[i] =
              TextKernels.indexOf(data, offsets[i], offsets[i + 1], literal, 0, literal.length)
                  >= 0;
        }
      }
      case GENERAL -> {
        for (int i = 0; i < count; i++) {
          result[i] = matchGeneral(data, offsets[i], offsets[i + 1], tokens);
        }
      }
    }
  }

  boolean matches(byte[] data, int start, int end) {
    return switch (form) {
      case PREFIX -> beginsWith(data, start, end, literal);
      case SUFFIX -> endsWith(data, start, end, literal);
      case EXACT -> Arrays.equals(data, start, end, literal, 0, literal.length);
      case CONTAINS -> TextKernels.indexOf(data, start, end, literal, 0, literal.length) >= 0;
      case GENERAL -> matchGeneral(data, start, end, tokens);
    };
  }

  private static void matchPrefix(
      byte[] data, int[] offsets, byte[] prefix, int count, boolean[] result) {
    for (int i = 0; i < count; i++) {
      result[i] = beginsWith(data, offsets[i], offsets[i + 1], prefix);
    }
  }

  private static boolean beginsWith(byte[] data, int start, int end, byte[] prefix) {
    int length = prefix.length;
    return end - start >= length && Arrays.equals(data, start, start + length, prefix, 0, length);
  }

  private static boolean endsWith(byte[] data, int start, int end, byte[] suffix) {
    int length = suffix.length;
    return end - start >= length && Arrays.equals(data, end - length, end, suffix, 0, length);
  }

  /**
   * Goes through text and pattern together; after a mismatch the last {@code %} takes one character
   * more. Time at most text times pattern.
   */
  private static boolean matchGeneral(byte[] data, int start, int end, int[] tokens) {
    int position = start;
    int token = 0;
    int starToken = -1;
    int starPosition = start;
    while (position < end) {
      int wanted = token < tokens.length ? tokens[token] : Integer.MIN_VALUE;
      if (wanted == ANY_TEXT) {
        starToken = token++;
        starPosition = position;
      } else if (wanted == ANY_CHARACTER) {
        position = Utf8.next(data, position, end);
        token++;
      } else if (wanted == (data[position] & 0xFF)) {
        position++;
        token++;
      } else if (starToken >= 0) {
        starPosition = Utf8.next(data, starPosition, end);
        position = starPosition;
        token = starToken + 1;
      } else {
        return false;
      }
    }
    while (token < tokens.length && tokens[token] == ANY_TEXT) {
      token++;
    }
    return token == tokens.length;
  }
}
