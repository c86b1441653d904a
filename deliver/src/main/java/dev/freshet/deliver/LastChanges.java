package dev.freshet.deliver;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Hashing;
import dev.freshet.core.batch.Rows;
import java.util.Arrays;

/**
 * The last change of each key among changes in order: where the key's row is there then, and where
 * it is gone.
 *
 * @param upserts positions of rows that are there
 * @param deletes positions of rows whose key is gone
 */
@SuppressWarnings("ArrayRecordComponent") // read-only by contract
public record LastChanges(int[] upserts, int[] deletes) {
  private static final int FREE = -1;

  /**
   * @param changes in order, with weights
   * @param keyColumns at least one
   */
  public static LastChanges of(Batch changes, int[] keyColumns) {
    int rows = changes.rowCount();
    long[] hashes = Hashing.hashRows(changes, keyColumns);
    int capacity = Integer.highestOneBit(Math.max(8, rows)) * 4;
    int[] last = new int[capacity];
    Arrays.fill(last, FREE);
    for (int row = 0; row < rows; row++) {
      int slot = (int) (hashes[row] ^ (hashes[row] >>> 32)) & (capacity - 1);
      while (last[slot] != FREE
          && !Rows.equal(changes, last[slot], keyColumns, changes, row, keyColumns)) {
        slot = (slot + 1) & (capacity - 1);
      }
      last[slot] = row;
    }
    int[] positions = Arrays.stream(last).filter(row -> row != FREE).sorted().toArray();
    return new LastChanges(
        Arrays.stream(positions).filter(row -> changes.weight(row) > 0).toArray(),
        Arrays.stream(positions).filter(row -> changes.weight(row) < 0).toArray());
  }
}
