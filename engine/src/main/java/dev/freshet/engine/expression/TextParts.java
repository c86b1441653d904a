package dev.freshet.engine.expression;

import dev.freshet.core.batch.ArrayCodec;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType.Simple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Functions that give a part of a text: SUBSTRING, LEFT, RIGHT, TRIM and SPLIT_INDEX. */
final class TextParts {
  private TextParts() {}

  /**
   * (text, from) or (text, from, length), as in Flink: 0 counts as 1, a negative {@code from}
   * counts from the end, and one before the beginning gives the empty text.
   */
  static Vector substring(Arguments x) {
    BytesVector text = x.bytes(0);
    byte[] data = text.data();
    long[] from = x.longs(1);
    boolean limited = x.size() > 2;
    long[] lengths = limited ? x.longs(2) : new long[1];
    int maskLength = limited ? x.mask(2) : 0;
    int count = x.count();
    BytesOutput out = new BytesOutput(count, 16 * count);
    for (int i = 0; i < count; i++) {
      if (!x.isNull(i)) {
        long length = limited ? lengths[i & maskLength] : Long.MAX_VALUE;
        int row = i & x.mask(0);
        if (length < 0) {
          x.fail(i, FailureKind.NEGATIVE_LENGTH);
        } else {
          substring(data, text.start(row), text.end(row), from[i & x.mask(1)], length, out);
        }
      }
      out.endRow();
    }
    return out.build(x.nulls());
  }

  private static void substring(
      byte[] data, int start, int end, long from, long length, BytesOutput out) {
    long skipped = from > 0 ? from - 1 : 0;
    if (from < 0) {
      skipped = Utf8.length(data, start, end) + from;
      if (skipped < 0) {
        return;
      }
    }
    int first = Utf8.skip(data, start, end, skipped);
    out.append(data, first, Utf8.skip(data, first, end, length));
  }

  /** (text, count): nothing for a negative count. */
  static Vector left(Arguments x) {
    BytesVector text = x.bytes(0);
    long[] lengths = x.longs(1);
    int count = x.count();
    BytesOutput out = new BytesOutput(count, 16 * count);
    for (int i = 0; i < count; i++) {
      if (!x.isNull(i)) {
        int row = i & x.mask(0);
        int start = text.start(row);
        int end = Utf8.skip(text.data(), start, text.end(row), lengths[i & x.mask(1)]);
        out.append(text.data(), start, end);
      }
      out.endRow();
    }
    return out.build(x.nulls());
  }

  /** (text, count): nothing for a negative count. */
  static Vector right(Arguments x) {
    BytesVector text = x.bytes(0);
    long[] lengths = x.longs(1);
    int count = x.count();
    BytesOutput out = new BytesOutput(count, 16 * count);
    for (int i = 0; i < count; i++) {
      if (!x.isNull(i)) {
        int row = i & x.mask(0);
        int start = text.start(row);
        int end = text.end(row);
        int position = end;
        for (long left = lengths[i & x.mask(1)]; left > 0 && position > start; left--) {
          position = Utf8.previous(text.data(), position, start);
        }
        out.append(text.data(), position, end);
      }
      out.endRow();
    }
    return out.build(x.nulls());
  }

  /** Which ends TRIM cuts. */
  enum Ends {
    BOTH,
    LEADING,
    TRAILING
  }

  /** (text) cuts blanks, (text, characters) any of those. */
  static Kernel trim(Ends ends) {
    return x -> {
      BytesVector text = x.bytes(0);
      byte[] data = text.data();
      byte[] blank = {' '};
      BytesVector characters =
          x.size() > 1 ? x.bytes(1) : new BytesVector(blank, new int[] {0, 1}, Vector.NO_NULLS, 1);
      int maskCharacters = x.size() > 1 ? x.mask(1) : 0;
      int count = x.count();
      BytesOutput out = new BytesOutput(count, 16 * count);
      for (int i = 0; i < count; i++) {
        if (!x.isNull(i)) {
          int row = i & x.mask(0);
          int set = i & maskCharacters;
          int start = text.start(row);
          int end = text.end(row);
          if (ends != Ends.TRAILING) {
            start = cutStart(data, start, end, characters, set);
          }
          if (ends != Ends.LEADING) {
            end = cutEnd(data, start, end, characters, set);
          }
          out.append(data, start, end);
        }
        out.endRow();
      }
      return out.build(x.nulls());
    };
  }

  private static int cutStart(byte[] data, int start, int end, BytesVector set, int row) {
    int position = start;
    while (position < end) {
      int next = Utf8.next(data, position, end);
      if (!contains(set, row, data, position, next)) {
        break;
      }
      position = next;
    }
    return position;
  }

  private static int cutEnd(byte[] data, int start, int end, BytesVector set, int row) {
    int position = end;
    while (position > start) {
      int previous = Utf8.previous(data, position, start);
      if (!contains(set, row, data, previous, position)) {
        break;
      }
      position = previous;
    }
    return position;
  }

  /**
   * UTF-8 never has one character's bytes inside of another's, so a search of bytes is one of
   * characters.
   */
  private static boolean contains(BytesVector set, int row, byte[] data, int start, int end) {
    return TextKernels.indexOf(set.data(), set.start(row), set.end(row), data, start, end) >= 0;
  }

  /**
   * (text, delimiter, index from 0): NULL for no such part; an empty text has no parts, and an
   * empty delimiter stands for a white space character, both as in Flink.
   */
  static Vector splitIndex(Arguments x) {
    BytesVector text = x.bytes(0);
    long[] indexes = x.longs(2);
    int count = x.count();
    BytesOutput out = new BytesOutput(count, 16 * count);
    boolean[] nulls = new boolean[count];
    for (int i = 0; i < count; i++) {
      nulls[i] =
          x.isNull(i)
              || !splitPart(
                  text, i & x.mask(0), x.bytes(1), i & x.mask(1), indexes[i & x.mask(2)], out);
      out.endRow();
    }
    return out.build(Masks.compact(nulls, count));
  }

  private static boolean splitPart(
      BytesVector text, int row, BytesVector delimiter, int at, long index, BytesOutput out) {
    byte[] data = text.data();
    int position = text.start(row);
    int end = text.end(row);
    if (index < 0 || position == end) {
      return false;
    }
    int from = delimiter.start(at);
    int to = delimiter.end(at);
    int width = Math.max(1, to - from);
    for (long skipped = 0; skipped <= index; skipped++) {
      int found =
          from == to
              ? indexOfSpace(data, position, end)
              : TextKernels.indexOf(data, position, end, delimiter.data(), from, to);
      if (skipped == index) {
        out.append(data, position, found < 0 ? end : found);
        return true;
      }
      if (found < 0) {
        return false;
      }
      position = found + width;
    }
    return false;
  }

  private static int indexOfSpace(byte[] data, int start, int end) {
    for (int i = start; i < end; i++) {
      if (data[i] >= 0 && Character.isWhitespace(data[i])) {
        return i;
      }
    }
    return -1;
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
}
