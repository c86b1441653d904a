package dev.freshet.lake.keyed;

import dev.freshet.core.batch.Batch;
import java.util.Arrays;
import java.util.List;

/**
 * By how much the number of copies of each distinct row changes over a series of deltas. The sum
 * stands at the row's first appearance.
 */
public final class NetChanges {
  private final KeyHash[] hashes;
  private final long[][] sums;

  private NetChanges(KeyHash[] hashes, long[][] sums) {
    this.hashes = hashes;
    this.sums = sums;
  }

  /** The hashes of a batch's rows. */
  public KeyHash hashes(int batch) {
    return hashes[batch];
  }

  /** The change of each row of a batch, 0 where it is counted elsewhere; not to be written to. */
  public long[] sums(int batch) {
    return sums[batch];
  }

  /** Sums the weights of equal rows. */
  public static NetChanges of(List<Batch> batches, int[] columns) {
    int total = 0;
    KeyHash[] hashes = new KeyHash[batches.size()];
    long[][] sums = new long[batches.size()][];
    for (int b = 0; b < hashes.length; b++) {
      hashes[b] = KeyHash.of(batches.get(b), columns);
      sums[b] = new long[batches.get(b).rowCount()];
      total = Math.addExact(total, sums[b].length);
    }
    NetChanges changes = new NetChanges(hashes, sums);
    changes.scan(batches, total);
    return changes;
  }

  private void scan(List<Batch> batches, int total) {
    int slots = Integer.highestOneBit(Math.max(16, Math.multiplyExact(total, 2)) - 1) << 1;
    long[] firsts = new long[slots];
    Arrays.fill(firsts, -1);
    int mask = slots - 1;
    for (int b = 0; b < hashes.length; b++) {
      long[] first = hashes[b].first();
      long[] second = hashes[b].second();
      long[] weights = batches.get(b).weights();
      for (int row = 0; row < sums[b].length; row++) {
        int slot = (int) first[row] & mask;
        while (firsts[slot] != -1 && !sameRow(firsts[slot], first[row], second[row])) {
          slot = (slot + 1) & mask;
        }
        if (firsts[slot] == -1) {
          firsts[slot] = ((long) b << 32) | row;
        }
        long home = firsts[slot];
        sums[(int) (home >>> 32)][(int) home] += weights[row];
      }
    }
  }

  private boolean sameRow(long place, long first, long second) {
    KeyHash hash = hashes[(int) (place >>> 32)];
    int row = (int) place;
    return hash.first()[row] == first && hash.second()[row] == second;
  }
}
