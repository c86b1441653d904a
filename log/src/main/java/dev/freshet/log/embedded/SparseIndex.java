package dev.freshet.log.embedded;

import java.util.Arrays;

/**
 * Where some of a segment's batches begin, about one for each {@link #EVERY_BYTES}. Thread-safe.
 */
final class SparseIndex {
  static final int EVERY_BYTES = 64 << 10;

  private long[] offsets = new long[16];
  private long[] positions = new long[16];
  private long[] times = new long[16];
  private int count;

  /** The batch at {@code position} begins with record {@code offset}. */
  record Entry(long offset, long position) {}

  SparseIndex(long baseOffset, long headerLength) {
    offsets[0] = baseOffset;
    positions[0] = headerLength;
    times[0] = Long.MIN_VALUE;
    count = 1;
  }

  /**
   * Called for each batch that holds records, in order; keeps it when it is far enough from the
   * last one kept.
   *
   * @param ingestMicros when the batch's first record came in
   */
  synchronized void add(long offset, long position, long ingestMicros) {
    if (position - positions[count - 1] < EVERY_BYTES) {
      return;
    }
    if (count == offsets.length) {
      offsets = Arrays.copyOf(offsets, count * 2);
      positions = Arrays.copyOf(positions, count * 2);
      times = Arrays.copyOf(times, count * 2);
    }
    offsets[count] = offset;
    positions[count] = position;
    times[count] = ingestMicros;
    count++;
  }

  /** The last kept batch that begins at or before a record. */
  synchronized Entry floor(long offset) {
    int found = Arrays.binarySearch(offsets, 0, count, offset);
    int index = found >= 0 ? found : -found - 2;
    return new Entry(offsets[index], positions[index]);
  }

  /** The last kept batch whose first record came in before a time, or the segment's first batch. */
  synchronized Entry before(long ingestMicros) {
    int low = 0;
    int high = count - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (times[middle] < ingestMicros) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return new Entry(offsets[low], positions[low]);
  }
}
