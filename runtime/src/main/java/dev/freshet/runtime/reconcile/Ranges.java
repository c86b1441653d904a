package dev.freshet.runtime.reconcile;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Keys cut into ranges of their hashes, which need no order of the keys themselves: two databases
 * seldom agree on that. Some ranges can be cut again, and the others left out:
 *
 * <pre>
 *   of(rows)          |   0   |   1   |   2   |   3   |
 *   finer([1, 3])             |0|1|2|3|       |4|5|6|7|
 * </pre>
 */
final class Ranges {
  /** Outside of all ranges. */
  static final int NONE = -1;

  private static final int ROWS_A_RANGE = 32;
  private static final int BITS_MAX = 17;
  private static final int COUNT_MAX = 1 << 18;

  private final @Nullable Ranges coarser;

  /** By coarser range the first of its ranges here, or {@link #NONE}. */
  private final int[] first;

  private final int bits;
  private final int shift;
  private final int count;

  private Ranges(@Nullable Ranges coarser, int[] first, int bits, int shift, int count) {
    this.coarser = coarser;
    this.first = first;
    this.bits = bits;
    this.shift = shift;
    this.count = count;
  }

  /** All keys, in ranges of a few rows when there are so many, as far as memory allows. */
  static Ranges of(long rows) {
    int bits = Math.min(BITS_MAX, 64 - Long.numberOfLeadingZeros(rows / ROWS_A_RANGE));
    return new Ranges(null, new int[0], bits, 64 - bits, 1 << bits);
  }

  /** These ranges, each cut into as many as memory allows. */
  Ranges finer(int[] ranges) {
    int added = Math.min(shift, 31 - Integer.numberOfLeadingZeros(COUNT_MAX / ranges.length));
    return cut(ranges, Math.max(0, added));
  }

  /** These ranges as they are. */
  Ranges only(int[] ranges) {
    return cut(ranges, 0);
  }

  private Ranges cut(int[] ranges, int added) {
    int[] places = new int[count];
    Arrays.fill(places, NONE);
    for (int i = 0; i < ranges.length; i++) {
      places[ranges[i]] = i << added;
    }
    return new Ranges(this, places, added, shift - added, ranges.length << added);
  }

  /** Whether {@link #finer} of these ranges would cut them. */
  boolean canBeFiner(int[] ranges) {
    return shift > 0 && ranges.length <= COUNT_MAX / 2;
  }

  int count() {
    return count;
  }

  /** The range of a key with this hash, or {@link #NONE}. */
  int indexOf(long hash) {
    int start = 0;
    if (coarser != null) {
      int parent = coarser.indexOf(hash);
      start = parent == NONE ? NONE : first[parent];
      if (start == NONE) {
        return NONE;
      }
    }
    // A shift by 64 would be one by 0.
    return bits == 0 ? start : start + (int) (hash >>> shift & (1L << bits) - 1);
  }
}
