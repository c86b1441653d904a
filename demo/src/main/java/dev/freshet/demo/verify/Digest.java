package dev.freshet.demo.verify;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts rows and adds up a 64-bit hash of each: the sum does not depend on their order, and a row
 * that occurs twice counts twice. One thread owns it.
 */
final class Digest {
  private long rows;
  private long sum;

  void add(@Nullable Object[] row, int[] order) {
    rows++;
    sum += rowHash(row, order);
  }

  Side side() {
    return new Side(rows, sum);
  }

  /**
   * @param order the positions to hash, in this order
   */
  static long rowHash(@Nullable Object[] row, int[] order) {
    long hash = order.length;
    for (int column : order) {
      hash = mix(hash ^ textHash(CanonicalText.of(row[column])));
    }
    return hash;
  }

  static String rowText(@Nullable Object[] row, int[] order) {
    StringBuilder text = new StringBuilder();
    for (int column : order) {
      String cell = row[column] == null ? "NULL" : CanonicalText.of(row[column]).substring(1);
      text.append(text.isEmpty() ? "" : " | ");
      text.append(cell.length() <= 60 ? cell : cell.substring(0, 57) + "...");
    }
    return text.toString();
  }

  static int[] positions(List<String> columns, List<String> names) {
    return names.stream().mapToInt(columns::indexOf).toArray();
  }

  /** FNV-1a over the characters, then mixed; the length comes in, so cells cannot run together. */
  private static long textHash(String text) {
    long hash = 0xCBF29CE484222325L ^ text.length();
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
    }
    return mix(hash);
  }

  /** The finalizer of SplitMix64: every input bit changes half of the output bits. */
  private static long mix(long value) {
    long x = value + 0x9E3779B97F4A7C15L;
    x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
    x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
    return x ^ (x >>> 31);
  }
}
