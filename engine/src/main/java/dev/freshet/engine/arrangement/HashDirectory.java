package dev.freshet.engine.arrangement;

/**
 * Where in ascending hashes to look for one: the span of the hashes in equal parts, and where each
 * part begins. Hashes are spread evenly, so a part has few rows, and looking for one hash does not
 * wait for what was found of another. Immutable.
 */
final class HashDirectory {
  /** Rows of a part, about; their hashes take two lines of a processor's cache. */
  private static final int PART_ROWS = 16;

  private final long[] hashes;
  private final int count;
  private final long first;
  private final int shift;
  private final int[] starts;

  /**
   * @param hashes ascending, of which the first {@code count} are meant; at least one
   */
  HashDirectory(long[] hashes, int count) {
    this.hashes = hashes;
    this.count = count;
    this.first = hashes[0];
    long span = hashes[count - 1] - first; // unsigned
    int bits = Long.SIZE - Long.numberOfLeadingZeros(span);
    int wanted = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, count / PART_ROWS));
    this.shift = Math.max(0, bits - wanted);
    this.starts = new int[(int) (span >>> shift) + 2];
    int row = 0;
    for (int part = 1; part < starts.length; part++) {
      while (row < count && part(hashes[row]) < part) {
        row++;
      }
      starts[part] = row;
    }
  }

  /** About how many bytes of memory the directory of so many rows takes. */
  static long bytes(int rows) {
    return 4L * (2 * (rows / PART_ROWS) + 2);
  }

  private int part(long hash) {
    return (int) ((hash - first) >>> shift);
  }

  /** The first row from {@code from} on whose hash is at least {@code hash}, or all rows' count. */
  int seek(long hash, int from) {
    if (hash <= first) {
      return from;
    }
    if (hash > hashes[count - 1]) {
      return count;
    }
    int part = part(hash);
    int low = Math.max(from, starts[part]);
    int high = starts[part + 1];
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (hashes[middle] < hash) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
