package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;

/** Sorts row numbers by hash, and rows of one hash by their columns. */
final class Sorting {
  private static final int INSERTION_LIMIT = 24;
  private static final int RADIX_LIMIT = 512;
  private static final long HIGH_HALF = 0xFFFF_FFFF_0000_0000L;

  private Sorting() {}

  /** The rows' numbers in the order of {@code order}. */
  static int[] byOrder(long[] hashes, Batch rows, RowOrder order) {
    int count = rows.rowCount();
    int[] sorted = new int[count];
    for (int i = 0; i < count; i++) {
      sorted[i] = i;
    }
    byOrder(sorted, hashes, rows, order);
    return sorted;
  }

  /**
   * Puts some rows' numbers into the order of {@code order}.
   *
   * @param some ascending; rows that are equal stay in this order
   */
  static void byOrder(int[] some, long[] hashes, Batch rows, RowOrder order) {
    int count = some.length;
    if (count <= INSERTION_LIMIT) {
      insertionSort(some, 0, count, hashes, rows, order);
      return;
    }
    long[] packed = new long[count];
    for (int i = 0; i < count; i++) {
      packed[i] = (hashes[some[i]] & HIGH_HALF) | some[i];
    }
    packed = sortHighHalf(packed, count);
    for (int i = 0; i < count; i++) {
      some[i] = (int) packed[i];
    }
    int[] scratch = {};
    for (int from = 0; from < count; ) {
      int to = from + 1;
      while (to < count && (packed[to] & HIGH_HALF) == (packed[from] & HIGH_HALF)) {
        to++;
      }
      if (to - from > 1) {
        scratch = scratch.length < count ? new int[count] : scratch;
        mergeSort(some, scratch, from, to, hashes, rows, order);
      }
      from = to;
    }
  }

  /** Row numbers in ascending order of their hashes; rows of equal hashes keep their order. */
  static int[] byHash(long[] hashes, int count) {
    long[] packed = packedByHighHash(hashes, count);
    int[] sorted = new int[count];
    for (int i = 0; i < count; i++) {
      int row = (int) packed[i];
      int at = i;
      while (at > 0 && hashes[sorted[at - 1]] > hashes[row]) {
        sorted[at] = sorted[at - 1];
        at--;
      }
      sorted[at] = row;
    }
    return sorted;
  }

  /**
   * Each row as the upper half of its hash and its number, sorted: two rows rarely share the upper
   * half unless they share the hash.
   */
  private static long[] packedByHighHash(long[] hashes, int count) {
    long[] packed = new long[count];
    for (int i = 0; i < count; i++) {
      packed[i] = (hashes[i] & HIGH_HALF) | i;
    }
    return sortHighHalf(packed, count);
  }

  private static long[] sortHighHalf(long[] packed, int count) {
    if (count < RADIX_LIMIT) {
      java.util.Arrays.sort(packed);
      return packed;
    }
    return radixSortHighHalf(packed, count);
  }

  private static long[] radixSortHighHalf(long[] packed, int count) {
    int[][] counts = new int[4][256];
    for (int i = 0; i < count; i++) {
      long biased = packed[i] ^ Long.MIN_VALUE;
      counts[0][(int) (biased >>> 32) & 255]++;
      counts[1][(int) (biased >>> 40) & 255]++;
      counts[2][(int) (biased >>> 48) & 255]++;
      counts[3][(int) (biased >>> 56)]++;
    }
    long[] from = packed;
    long[] to = new long[count];
    for (int pass = 0; pass < 4; pass++) {
      int shift = 32 + 8 * pass;
      int[] starts = counts[pass];
      if (starts[(int) ((from[0] ^ Long.MIN_VALUE) >>> shift) & 255] == count) {
        continue;
      }
      for (int digit = 0, sum = 0; digit < 256; digit++) {
        int size = starts[digit];
        starts[digit] = sum;
        sum += size;
      }
      for (int i = 0; i < count; i++) {
        long value = from[i];
        to[starts[(int) ((value ^ Long.MIN_VALUE) >>> shift) & 255]++] = value;
      }
      long[] swap = from;
      from = to;
      to = swap;
    }
    return from;
  }

  private static void mergeSort(
      int[] rows, int[] scratch, int from, int to, long[] hashes, Batch batch, RowOrder order) {
    if (to - from <= 8) {
      insertionSort(rows, from, to, hashes, batch, order);
      return;
    }
    int middle = (from + to) >>> 1;
    mergeSort(rows, scratch, from, middle, hashes, batch, order);
    mergeSort(rows, scratch, middle, to, hashes, batch, order);
    if (compare(rows[middle - 1], rows[middle], hashes, batch, order) <= 0) {
      return;
    }
    System.arraycopy(rows, from, scratch, from, middle - from);
    int left = from;
    int right = middle;
    int at = from;
    while (left < middle && right < to) {
      rows[at++] =
          compare(scratch[left], rows[right], hashes, batch, order) <= 0
              ? scratch[left++]
              : rows[right++];
    }
    System.arraycopy(scratch, left, rows, at, middle - left);
  }

  private static void insertionSort(
      int[] rows, int from, int to, long[] hashes, Batch batch, RowOrder order) {
    for (int i = from + 1; i < to; i++) {
      int row = rows[i];
      int at = i;
      while (at > from && compare(rows[at - 1], row, hashes, batch, order) > 0) {
        rows[at] = rows[at - 1];
        at--;
      }
      rows[at] = row;
    }
  }

  private static int compare(int a, int b, long[] hashes, Batch batch, RowOrder order) {
    return hashes[a] != hashes[b]
        ? Long.compare(hashes[a], hashes[b])
        : order.compare(batch, a, batch, b);
  }
}
