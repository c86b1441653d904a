package dev.freshet.runtime.reconcile;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.ContentHash;
import dev.freshet.core.batch.Hashing;
import java.util.stream.IntStream;

/**
 * How many rows lie in each range of keys, and the sum of their hashes, which depends neither on
 * their order nor on how they come. One thread owns it.
 */
final class RangeHashes {
  private final Ranges ranges;
  private final int[] key;
  private final ContentHash hash = new ContentHash();
  private final long[] rows;
  private final long[] sums;
  private long total;

  RangeHashes(Ranges ranges, int[] key) {
    this.ranges = ranges;
    this.key = key;
    this.rows = new long[ranges.count()];
    this.sums = new long[ranges.count()];
  }

  void add(Batch batch) {
    long[] keys = Hashing.hashRows(batch, key);
    for (int row = 0; row < keys.length; row++) {
      long weight = batch.weight(row);
      total += weight;
      int range = ranges.indexOf(keys[row]);
      if (range != Ranges.NONE) {
        rows[range] += weight;
        sums[range] += weight * hash.ofRow(batch, row);
      }
    }
  }

  /** Rows added, those in no range too. */
  long total() {
    return total;
  }

  /** Rows of both in these ranges. */
  long rows(int[] of, RangeHashes other) {
    return IntStream.of(of).mapToLong(range -> rows(range, other)).sum();
  }

  long rows(int range, RangeHashes other) {
    return rows[range] + other.rows[range];
  }

  /** The ranges whose rows differ. */
  int[] differing(RangeHashes other) {
    return IntStream.range(0, rows.length)
        .filter(range -> rows[range] != other.rows[range] || sums[range] != other.sums[range])
        .toArray();
  }
}
