package dev.freshet.log.embedded;

import java.util.Arrays;

/**
 * Where some of a segment's batches begin, about one for each {@link #EVERY_BYTES}. Thread-safe.
 */
final class SparseIndex {
  static final int EVERY_BYTES = 64 << 10;

  private long[] offsets = new long[16];
  private long[] positions = new long[16];
  private int count;

  /** The batch at {@code position} begins with record {@code offset}. */
  record Entry(long offset, long position) {}

  SparseIndex(long baseOffset, long headerLength) {
    offsets[0] = baseOffset;
    positions[0] = headerLength;
    count = 1;
  }

  /** Called for each batch in order; keeps it when it is far enough from the last one kept. */
  synchronized void add(long offset, long position) {
    if (position - positions[count - 1] < EVERY_BYTES) {
      return;
    }
    if (count == offsets.length) {
      offsets = Arrays.copyOf(offsets, count * 2);
      positions = Arrays.copyOf(positions, count * 2);
    }
    offsets[count] = offset;
    positions[count] = position;
    count++;
  }

  /** The last kept batch that begins at or before a record. */
  synchronized Entry floor(long offset) {
    int found = Arrays.binarySearch(offsets, 0, count, offset);
    int index = found >= 0 ? found : -found - 2;
    return new Entry(offsets[index], positions[index]);
  }
}
