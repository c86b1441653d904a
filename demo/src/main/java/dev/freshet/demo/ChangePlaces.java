package dev.freshet.demo;

import dev.freshet.core.error.Check;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * The places of a table's changes: the record of the log, and the number within it, from 0. Finds
 * records of which a change came twice or is lacking, in 16 bytes a record: of each it keeps how
 * many came, the highest number, and the sum of a hash of all, which only the numbers from 0 to the
 * highest have. One thread owns it.
 */
final class ChangePlaces {
  private static final int RECORDS_MAX = 1 << 30;

  private int[] counts = new int[1024];
  private int[] highest = new int[1024];
  private long[] sums = new long[1024];

  void add(long offset, long row) {
    Check.that(
        offset >= 0 && offset < RECORDS_MAX && row >= 0 && row < Integer.MAX_VALUE,
        "a change has a place",
        offset,
        row);
    int record = (int) offset;
    if (record >= counts.length) {
      int length = (int) Math.max(2L * counts.length, record + 1L);
      counts = Arrays.copyOf(counts, length);
      highest = Arrays.copyOf(highest, length);
      sums = Arrays.copyOf(sums, length);
    }
    counts[record]++;
    highest[record] = Math.max(highest[record], (int) row);
    sums[record] += hash(row);
  }

  /** The first record whose changes did not come once each. */
  OptionalLong firstWrong() {
    long[] wholeSums = wholeSums();
    for (int record = 0; record < counts.length; record++) {
      boolean isWhole =
          counts[record] == 0
              || (counts[record] == highest[record] + 1
                  && sums[record] == wholeSums[highest[record]]);
      if (!isWhole) {
        return OptionalLong.of(record);
      }
    }
    return OptionalLong.empty();
  }

  /** By number, the sum of the hashes of all numbers from 0 up to it. */
  private long[] wholeSums() {
    long[] whole = new long[Arrays.stream(highest).max().orElse(0) + 1];
    long sum = 0;
    for (int row = 0; row < whole.length; row++) {
      sum += hash(row);
      whole[row] = sum;
    }
    return whole;
  }

  /** The step of SplitMix64 (Steele, Lea and Flood 2014). */
  private static long hash(long value) {
    long mixed = (value + 1) * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
