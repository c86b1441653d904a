package dev.freshet.engine.expression;

import dev.freshet.core.batch.ArrayCodec;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.type.DataType.Simple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Functions of texts that look at a row's bytes or code points. */
final class MoreText {
  private MoreText() {}

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

  /** (text, start). */
  static boolean startsWith(Arguments x, int row) {
    BytesVector text = x.bytes(0);
    BytesVector start = x.bytes(1);
    int a = row & x.mask(0);
    int b = row & x.mask(1);
    int length = start.end(b) - start.start(b);
    return text.end(a) - text.start(a) >= length
        && Arrays.equals(
            text.data(),
            text.start(a),
            text.start(a) + length,
            start.data(),
            start.start(b),
            start.end(b));
  }

  /** (text, end). */
  static boolean endsWith(Arguments x, int row) {
    BytesVector text = x.bytes(0);
    BytesVector end = x.bytes(1);
    int a = row & x.mask(0);
    int b = row & x.mask(1);
    int length = end.end(b) - end.start(b);
    return text.end(a) - text.start(a) >= length
        && Arrays.equals(
            text.data(), text.end(a) - length, text.end(a), end.data(), end.start(b), end.end(b));
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

  /** (text, delimiter) -> the parts; the single characters for an empty delimiter. */
  static boolean split(Arguments x, int row, BytesOutput out) {
    String text = x.bytes(0).text(row & x.mask(0));
    String delimiter = x.bytes(1).text(row & x.mask(1));
    List<String> parts = new ArrayList<>();
    if (delimiter.isEmpty()) {
      text.codePoints().forEach(point -> parts.add(Character.toString(point)));
    } else {
      int from = 0;
      for (int found; (found = text.indexOf(delimiter, from)) >= 0; ) {
        parts.add(text.substring(from, found));
        from = found + delimiter.length();
      }
      parts.add(text.substring(from));
    }
    out.append(ArrayCodec.encode(Simple.VARCHAR, parts));
    return true;
  }

  /** (url, part) or (url, 'QUERY', key): NULL for a part that is not there. */
  static boolean parseUrl(Arguments x, int row, BytesOutput out) {
    String key = x.size() > 2 ? x.bytes(2).text(row & x.mask(2)) : "";
    String part = x.bytes(1).text(row & x.mask(1));
    String found =
        UrlParts.of(x.bytes(0).text(row & x.mask(0)))
            .flatMap(url -> x.size() > 2 ? url.parameter(part, key) : url.part(part))
            .orElse(null);
    if (found == null) {
      return false;
    }
    out.append(found.getBytes(StandardCharsets.UTF_8));
    return true;
  }
}
