package dev.freshet.engine.expression;

import dev.freshet.core.batch.BytesVector;

/** Functions that make another text of a text, and characters of numbers and back. */
final class TextEdits {
  private TextEdits() {}

  /** (text, times): nothing for a count that is not positive. */
  static boolean repeat(Arguments x, int row, BytesOutput out) {
    BytesVector text = x.bytes(0);
    int at = row & x.mask(0);
    int length = text.end(at) - text.start(at);
    long times = length == 0 ? 0 : x.longs(1)[row & x.mask(1)];
    if (times > BytesOutput.MAX_ROW_BYTES / Math.max(1, length)) {
      x.fail(row, FailureKind.TOO_LONG);
      return true;
    }
    for (long i = 0; i < times; i++) {
      out.append(text.data(), text.start(at), text.end(at));
    }
    return true;
  }

  /**
   * Each word's first letter large, the others small; a word is of ASCII letters and digits, as in
   * Flink.
   */
  static boolean initCap(Arguments x, int row, BytesOutput out) {
    BytesVector text = x.bytes(0);
    int at = row & x.mask(0);
    boolean inside = false;
    for (int i = text.start(at); i < text.end(at); i++) {
      byte b = text.data()[i];
      boolean small = b >= 'a' && b <= 'z';
      boolean large = b >= 'A' && b <= 'Z';
      out.appendByte((small && !inside) || (large && inside) ? b ^ 0x20 : b);
      inside = small || large || (b >= '0' && b <= '9');
    }
    return true;
  }

  /**
   * (text, replacement, start, length): as in Flink the text itself when the start is outside of
   * it, and nothing after the replacement when the length is not positive.
   */
  static boolean overlay(Arguments x, int row, BytesOutput out) {
    BytesVector text = x.bytes(0);
    int at = row & x.mask(0);
    int from = text.start(at);
    int end = text.end(at);
    long start = x.longs(2)[row & x.mask(2)];
    long length = x.longs(3)[row & x.mask(3)];
    if (start <= 0 || start > Utf8.length(text.data(), from, end)) {
      out.append(text.data(), from, end);
      return true;
    }
    int cut = Utf8.skip(text.data(), from, end, start - 1);
    out.append(text.data(), from, cut);
    BytesVector replacement = x.bytes(1);
    int with = row & x.mask(1);
    out.append(replacement.data(), replacement.start(with), replacement.end(with));
    if (length > 0) {
      out.append(text.data(), Utf8.skip(text.data(), cut, end, length), end);
    }
    return true;
  }

  /** The first byte, as a signed number as in Flink; 0 of the empty text. */
  static long ascii(Arguments x, int row) {
    BytesVector text = x.bytes(0);
    int at = row & x.mask(0);
    return text.start(at) == text.end(at) ? 0 : text.data()[text.start(at)];
  }

  /** The character with the number's lowest byte; nothing for a negative number. */
  static boolean chr(Arguments x, int row, BytesOutput out) {
    long number = x.longs(0)[row & x.mask(0)];
    if (number >= 0) {
      out.appendCodePoint((int) (number & 0xFF));
    }
    return true;
  }

  /**
   * (text, from, to): each character of {@code from} becomes the one at its place in {@code to}, or
   * nothing where that is shorter; of a character that stands twice the first place counts.
   */
  static boolean translate(Arguments x, int row, BytesOutput out) {
    int[] text = x.bytes(0).text(row & x.mask(0)).codePoints().toArray();
    int[] from = x.bytes(1).text(row & x.mask(1)).codePoints().toArray();
    int[] to = x.bytes(2).text(row & x.mask(2)).codePoints().toArray();
    for (int character : text) {
      int place = 0;
      while (place < from.length && from[place] != character) {
        place++;
      }
      if (place == from.length) {
        out.appendCodePoint(character);
      } else if (place < to.length) {
        out.appendCodePoint(to[place]);
      }
    }
    return true;
  }
}
