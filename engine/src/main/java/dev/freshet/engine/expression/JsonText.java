package dev.freshet.engine.expression;

import java.nio.charset.StandardCharsets;

/** Writes parts of valid JSON documents as text. */
final class JsonText {
  private static final int REPLACEMENT = 0xFFFD;

  private JsonText() {}

  /**
   * Writes the content of a string, given without its quotes. Half of a surrogate pair becomes
   * U+FFFD.
   */
  static void unescape(byte[] data, int start, int end, BytesOutput out) {
    int plain = start;
    int i = start;
    while (i < end) {
      if (data[i] != '\\') {
        i++;
        continue;
      }
      out.append(data, plain, i);
      if (data[i + 1] == 'u') {
        int unit = hex(data, i + 2);
        i += 6;
        if (Character.isHighSurrogate((char) unit)
            && i + 6 <= end
            && data[i] == '\\'
            && data[i + 1] == 'u'
            && Character.isLowSurrogate((char) hex(data, i + 2))) {
          out.appendCodePoint(Character.toCodePoint((char) unit, (char) hex(data, i + 2)));
          i += 6;
        } else {
          out.appendCodePoint(Character.isSurrogate((char) unit) ? REPLACEMENT : unit);
        }
      } else {
        out.appendByte(escaped(data[i + 1]));
        i += 2;
      }
      plain = i;
    }
    out.append(data, plain, end);
  }

  /** Writes a text as a JSON string in ASCII, with the same escapes as Flink. */
  static boolean quote(Arguments x, int row, BytesOutput out) {
    String text = x.bytes(0).text(row & x.mask(0));
    out.appendByte('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int letter = "\"\\/\b\f\n\r\t".indexOf(c);
      if (letter >= 0) {
        out.appendByte('\\');
        out.appendByte("\"\\/bfnrt".charAt(letter));
      } else if (c < ' ' || c > '~') {
        for (byte b : String.format("\\u%04x", (int) c).getBytes(StandardCharsets.US_ASCII)) {
          out.appendByte(b);
        }
      } else {
        out.appendByte(c);
      }
    }
    out.appendByte('"');
    return true;
  }

  private static int escaped(byte letter) {
    return switch (letter) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> letter;
    };
  }

  private static int hex(byte[] data, int at) {
    int unit = 0;
    for (int i = at; i < at + 4; i++) {
      unit = unit << 4 | Character.digit(data[i], 16);
    }
    return unit;
  }

  /** Writes a value without the blanks between its parts. */
  static void compact(byte[] data, int start, int end, BytesOutput out) {
    boolean quoted = false;
    for (int i = start; i < end; i++) {
      byte b = data[i];
      if (quoted && b == '\\') {
        out.appendByte(b);
        out.appendByte(data[++i]);
        continue;
      }
      if (b == '"') {
        quoted = !quoted;
      }
      if (quoted || (b != ' ' && b != '\n' && b != '\t' && b != '\r')) {
        out.appendByte(b);
      }
    }
  }
}
