package dev.freshet.capture.rows;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads JSON (RFC 8259) from bytes that are UTF-8, without objects for what it passes. One thread
 * owns it.
 *
 * <p>After {@link #string()} and {@link #number()} the value's bytes lie in {@link #text()} from
 * {@link #textStart()} to {@link #textEnd()}, until the next call.
 */
public final class JsonCursor {
  private static final int DEPTH_MAX = 200;

  /** What {@link #peek()} returns behind the last byte. */
  public static final int END = -1;

  private final byte[] bytes;
  private final int end;
  private int at;
  private byte[] text;
  private int textStart;
  private int textEnd;
  private byte[] unescaped = {};
  private boolean whole;

  /**
   * @param start where the text begins in {@code bytes}
   * @param end behind its last byte
   */
  public JsonCursor(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.text = bytes;
  }

  public int at() {
    return at;
  }

  public void moveTo(int position) {
    at = position;
  }

  public byte[] text() {
    return text;
  }

  public int textStart() {
    return textStart;
  }

  public int textEnd() {
    return textEnd;
  }

  public String textAsString() {
    return new String(text, textStart, textEnd - textStart, StandardCharsets.UTF_8);
  }

  /** Whether the number just read has neither fraction nor exponent. */
  public boolean isWholeNumber() {
    return whole;
  }

  /** Passes white space; returns the byte that follows, without passing it. */
  public int peek() {
    byte[] from = bytes;
    int position = at;
    while (position < end && from[position] <= ' ' && isSpace(from[position])) {
      position++;
    }
    at = position;
    return position < end ? from[position] : END;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  public void expect(char wanted) {
    if (peek() != wanted) {
      throw unexpected("'" + wanted + "'");
    }
    at++;
  }

  /** Passes this byte if it is the next; returns whether it was. */
  public boolean passes(char wanted) {
    if (peek() == wanted) {
      at++;
      return true;
    }
    return false;
  }

  /** Passes exactly these bytes if they are the next; returns whether they were. */
  public boolean passes(byte[] wanted) {
    boolean isNext =
        end - at >= wanted.length
            && Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length);
    at += isNext ? wanted.length : 0;
    return isNext;
  }

  SyntaxProblem unexpected(String wanted) {
    int next = peek();
    if (next == END) {
      return new SyntaxProblem("it ends where " + wanted + " is missing", at);
    }
    String found = new String(bytes, at, Math.min(12, end - at), StandardCharsets.UTF_8);
    return new SyntaxProblem(wanted + " is missing before " + found.strip(), at);
  }

  /** Passes {@code true}, {@code false} or {@code null}. */
  public void word(String word) {
    peek();
    int length = word.length();
    for (int i = 0; i < length; i++) {
      if (at + i >= end || bytes[at + i] != word.charAt(i)) {
        throw unexpected("a value");
      }
    }
    at += length;
  }

  /** Passes a string, and decodes it. */
  public void string() {
    expect('"');
    byte[] from = bytes;
    int start = at;
    int position = start;
    while (position < end) {
      byte b = from[position];
      if (b == '"') {
        text = from;
        textStart = start;
        textEnd = position;
        at = position + 1;
        return;
      }
      if (b == '\\') {
        escapedString(start, position);
        return;
      }
      if (b >= 0 && b < ' ') {
        throw new SyntaxProblem(
            "a control character stands in a text; write it as \\u....", position);
      }
      position++;
    }
    throw new SyntaxProblem("it ends inside a text", end);
  }

  private void escapedString(int start, int firstEscape) {
    int size = firstEscape - start;
    byte[] out = unescaped.length < size + 64 ? Arrays.copyOf(unescaped, size + 256) : unescaped;
    System.arraycopy(bytes, start, out, 0, size);
    at = firstEscape;
    while (at < end) {
      byte b = bytes[at];
      if (b == '"') {
        at++;
        unescaped = out;
        text = out;
        textStart = 0;
        textEnd = size;
        return;
      }
      if (size + 8 > out.length) {
        out = Arrays.copyOf(out, out.length * 2);
      }
      if (b == '\\') {
        size = escape(out, size);
      } else if (b >= 0 && b < ' ') {
        throw new SyntaxProblem("a control character stands in a text; write it as \\u....", at);
      } else {
        out[size++] = b;
        at++;
      }
    }
    throw new SyntaxProblem("it ends inside a text", end);
  }

  private int escape(byte[] out, int size) {
    int start = at;
    at++;
    int b = at < end ? bytes[at++] : END;
    int plain =
        switch (b) {
          case '"', '\\', '/' -> b;
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 'u' -> END;
          default -> throw new SyntaxProblem("there is no such escape", start);
        };
    if (plain != END) {
      out[size] = (byte) plain;
      return size + 1;
    }
    int character = hex(start);
    if (Character.isHighSurrogate((char) character)
        && at + 1 < end
        && bytes[at] == '\\'
        && bytes[at + 1] == 'u') {
      at += 2;
      int low = hex(start);
      if (!Character.isLowSurrogate((char) low)) {
        throw new SyntaxProblem("half of a surrogate pair stands in a text", start);
      }
      character = Character.toCodePoint((char) character, (char) low);
    } else if (Character.isSurrogate((char) character)) {
      throw new SyntaxProblem("half of a surrogate pair stands in a text", start);
    }
    byte[] encoded = Character.toString(character).getBytes(StandardCharsets.UTF_8);
    System.arraycopy(encoded, 0, out, size, encoded.length);
    return size + encoded.length;
  }

  private int hex(int start) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = at < end ? Character.digit(bytes[at++], 16) : -1;
      if (digit < 0) {
        throw new SyntaxProblem("an escape has no four hexadecimal digits", start);
      }
      value = value * 16 + digit;
    }
    return value;
  }

  /** Passes a number. */
  public void number() {
    peek();
    int start = at;
    int position = numberEnd(bytes, start, end);
    if (position < 0) {
      throw unexpected("a value");
    }
    whole = isWhole(bytes, start, position);
    text = bytes;
    textStart = start;
    textEnd = position;
    at = position;
  }

  /** Whether a number of this text has neither fraction nor exponent. */
  static boolean isWhole(byte[] bytes, int start, int end) {
    for (int i = start; i < end; i++) {
      if (bytes[i] == '.' || bytes[i] == 'e' || bytes[i] == 'E') {
        return false;
      }
    }
    return true;
  }

  /** Where the JSON number that begins at {@code start} ends, or -1 when there is none. */
  static int numberEnd(byte[] bytes, int start, int end) {
    int at = start;
    if (at < end && bytes[at] == '-') {
      at++;
    }
    int digits = digits(bytes, at, end);
    if (digits == at || (bytes[at] == '0' && digits > at + 1)) {
      return -1;
    }
    at = digits;
    if (at < end && bytes[at] == '.') {
      digits = digits(bytes, at + 1, end);
      if (digits == at + 1) {
        return -1;
      }
      at = digits;
    }
    if (at < end && (bytes[at] == 'e' || bytes[at] == 'E')) {
      int sign = at + 1 < end && (bytes[at + 1] == '+' || bytes[at + 1] == '-') ? 1 : 0;
      digits = digits(bytes, at + 1 + sign, end);
      if (digits == at + 1 + sign) {
        return -1;
      }
      at = digits;
    }
    return at;
  }

  private static int digits(byte[] bytes, int start, int end) {
    int at = start;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
    }
    return at;
  }

  /** Passes a whole value of any kind, and checks that it is one. */
  public void skip() {
    skip(0);
  }

  private void skip(int depth) {
    if (depth > DEPTH_MAX) {
      throw new SyntaxProblem("it is nested deeper than " + DEPTH_MAX + " levels", at);
    }
    switch (peek()) {
      case '{' -> {
        at++;
        if (passes('}')) {
          return;
        }
        do {
          string();
          expect(':');
          skip(depth + 1);
        } while (passes(','));
        expect('}');
      }
      case '[' -> {
        at++;
        if (passes(']')) {
          return;
        }
        do {
          skip(depth + 1);
        } while (passes(','));
        expect(']');
      }
      case '"' -> string();
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      default -> number();
    }
  }

  /** The bytes from {@code start} to here as text. */
  public String from(int start) {
    return new String(bytes, start, at - start, StandardCharsets.UTF_8);
  }

  public void requireEnd(String what) {
    if (peek() != END) {
      throw unexpected("the end of " + what);
    }
  }
}
