package dev.freshet.engine.expression;

import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.Vector;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** Functions on whole texts: concatenation, case, length, padding, replacing and reversing. */
final class TextKernels {
  private TextKernels() {}

  static Vector concat(Arguments x) {
    int count = x.count();
    int size = x.size();
    BytesVector[] texts = new BytesVector[size];
    int[] masks = new int[size];
    for (int k = 0; k < size; k++) {
      texts[k] = x.bytes(k);
      masks[k] = x.mask(k);
    }
    BytesOutput out = new BytesOutput(count, 16 * count);
    for (int i = 0; i < count; i++) {
      if (!x.isNull(i)) {
        for (int k = 0; k < size; k++) {
          int row = i & masks[k];
          out.append(texts[k].data(), texts[k].start(row), texts[k].end(row));
        }
        failIfTooLong(x, i, out);
      }
      out.endRow();
    }
    return out.build(x.nulls());
  }

  private static void failIfTooLong(Arguments x, int row, BytesOutput out) {
    if (out.rowBytes() > BytesOutput.MAX_ROW_BYTES) {
      out.clearRow();
      x.fail(row, FailureKind.TOO_LONG);
    }
  }

  static Vector upper(Arguments x) {
    return changeCase(x, 'a', 'z');
  }

  static Vector lower(Arguments x) {
    return changeCase(x, 'A', 'Z');
  }

  /** ASCII letters differ in one bit; other text takes Java's rules of no particular language. */
  private static Vector changeCase(Arguments x, char first, char last) {
    BytesVector text = x.bytes(0);
    byte[] data = text.data();
    int count = x.count();
    BytesOutput out = new BytesOutput(count, textBytes(text, count));
    for (int i = 0; i < count; i++) {
      if (!x.isNull(i)) {
        int start = text.start(i);
        int end = text.end(i);
        if (Utf8.isAscii(data, start, end)) {
          out.appendCaseChanged(data, start, end, first, last);
        } else {
          String all = text.text(i);
          String changed =
              first == 'a' ? all.toUpperCase(Locale.ROOT) : all.toLowerCase(Locale.ROOT);
          out.append(changed.getBytes(StandardCharsets.UTF_8));
        }
      }
      out.endRow();
    }
    return out.build(x.nulls());
  }

  static int textBytes(BytesVector text, int count) {
    return count == 0 ? 0 : text.end(count - 1) - text.start(0);
  }

  static Vector length(Arguments x) {
    BytesVector text = x.bytes(0);
    long[] result = new long[x.count()];
    for (int i = 0; i < result.length; i++) {
      result[i] = Utf8.length(text.data(), text.start(i), text.end(i));
    }
    return x.result(result);
  }

  static Vector reverse(Arguments x) {
    BytesVector text = x.bytes(0);
    byte[] data = text.data();
    int count = x.count();
    BytesOutput out = new BytesOutput(count, textBytes(text, count));
    for (int i = 0; i < count; i++) {
      if (!x.isNull(i)) {
        int start = text.start(i);
        int end = text.end(i);
        while (end > start) {
          int point = Utf8.previous(data, end, start);
          out.append(data, point, end);
          end = point;
        }
      }
      out.endRow();
    }
    return out.build(x.nulls());
  }

  /** (text, search, replacement): an empty search stands before each character and at the end. */
  static Vector replace(Arguments x) {
    BytesVector text = x.bytes(0);
    BytesVector search = x.bytes(1);
    BytesVector replacement = x.bytes(2);
    int maskText = x.mask(0);
    int maskSearch = x.mask(1);
    int maskReplacement = x.mask(2);
    int count = x.count();
    BytesOutput out = new BytesOutput(count, 16 * count);
    for (int i = 0; i < count; i++) {
      if (!x.isNull(i)) {
        replace(text, i & maskText, search, i & maskSearch, replacement, i & maskReplacement, out);
        failIfTooLong(x, i, out);
      }
      out.endRow();
    }
    return out.build(x.nulls());
  }

  private static void replace(
      BytesVector text,
      int row,
      BytesVector search,
      int searchRow,
      BytesVector replacement,
      int replacementRow,
      BytesOutput out) {
    byte[] data = text.data();
    int end = text.end(row);
    int from = search.start(searchRow);
    int to = search.end(searchRow);
    int position = text.start(row);
    while (position < end || from == to) {
      int found = from == to ? position : indexOf(data, position, end, search.data(), from, to);
      if (found < 0 || out.rowBytes() > BytesOutput.MAX_ROW_BYTES) {
        break;
      }
      out.append(data, position, found);
      out.append(
          replacement.data(), replacement.start(replacementRow), replacement.end(replacementRow));
      position = found + (to - from);
      if (from == to) {
        if (position == end) {
          break;
        }
        int next = Utf8.next(data, position, end);
        out.append(data, position, next);
        position = next;
      }
    }
    out.append(data, position, end);
  }

  /** Where the bytes first stand at or after {@code start}, or -1. */
  static int indexOf(byte[] data, int start, int end, byte[] wanted, int from, int to) {
    int length = to - from;
    if (length == 0) {
      return start;
    }
    byte first = wanted[from];
    int last = end - length;
    for (int i = start; i <= last; i++) {
      if (data[i] == first && Arrays.equals(data, i, i + length, wanted, from, to)) {
        return i;
      }
    }
    return -1;
  }

  /** (search, text) or (search, text, from): in code points from 1, 0 when not found. */
  static Vector position(Arguments x) {
    BytesVector search = x.bytes(0);
    BytesVector text = x.bytes(1);
    int maskSearch = x.mask(0);
    int maskText = x.mask(1);
    long[] result = new long[x.count()];
    for (int i = 0; i < result.length; i++) {
      int row = i & maskText;
      int wanted = i & maskSearch;
      int start = text.start(row);
      int end = text.end(row);
      boolean all = x.size() < 3 || search.start(wanted) == search.end(wanted);
      long from = all ? 1 : x.longs(2)[i & x.mask(2)];
      int found =
          indexOf(
              text.data(),
              from <= 1 ? start : Utf8.skip(text.data(), start, end, from - 1),
              end,
              search.data(),
              search.start(wanted),
              search.end(wanted));
      result[i] = found < 0 ? 0 : Utf8.length(text.data(), start, found) + 1;
    }
    return x.result(result);
  }

  /** Which side is filled. */
  enum Side {
    LEFT,
    RIGHT
  }

  /** (text, length, padding): NULL for a negative length or an empty padding, as in Flink. */
  static Kernel pad(Side side) {
    return x -> {
      BytesVector text = x.bytes(0);
      long[] lengths = x.longs(1);
      int count = x.count();
      BytesOutput out = new BytesOutput(count, 16 * count);
      boolean[] nulls = new boolean[count];
      for (int i = 0; i < count; i++) {
        nulls[i] = x.isNull(i) || !pad(x, i, text, lengths[i & x.mask(1)], side, out);
        out.endRow();
      }
      return out.build(Masks.compact(nulls, count));
    };
  }

  private static boolean pad(
      Arguments x, int row, BytesVector text, long length, Side side, BytesOutput out) {
    int at = row & x.mask(0);
    byte[] data = text.data();
    int start = text.start(at);
    int end = text.end(at);
    BytesVector padding = x.bytes(2);
    int padAt = row & x.mask(2);
    int padStart = padding.start(padAt);
    int padEnd = padding.end(padAt);
    if (length < 0 || padStart == padEnd) {
      return false;
    }
    if (length > BytesOutput.MAX_ROW_BYTES / 4) {
      x.fail(row, FailureKind.TOO_LONG);
      return true;
    }
    long missing = length - Utf8.length(data, start, end);
    int kept = missing >= 0 ? end : Utf8.skip(data, start, end, length);
    if (side == Side.RIGHT) {
      out.append(data, start, kept);
    }
    int position = padStart;
    for (long left = missing; left > 0; left--) {
      int next = Utf8.next(padding.data(), position, padEnd);
      out.append(padding.data(), position, next);
      position = next == padEnd ? padStart : next;
    }
    if (side == Side.LEFT) {
      out.append(data, start, kept);
    }
    return true;
  }
}
