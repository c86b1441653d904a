package dev.freshet.lake.keyed;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.Arrays;
import java.util.List;

/**
 * Which rows of a series of deltas decide what a table holds for each key: of the last step that
 * touched the key, the row that inserts, or else one that deletes.
 */
public final class LastChanges {
  private final List<Batch> batches;
  private final KeyHash[] hashes;
  private final boolean[][] deciding;

  private LastChanges(List<Batch> batches, KeyHash[] hashes, boolean[][] deciding) {
    this.batches = batches;
    this.hashes = hashes;
    this.deciding = deciding;
  }

  /** The hashes of a batch's keys. */
  public KeyHash hashes(int batch) {
    return hashes[batch];
  }

  /** Whether each row of a batch decides; not to be written to. */
  public boolean[] deciding(int batch) {
    return deciding[batch];
  }

  /**
   * Finds the deciding rows.
   *
   * @param batches deltas, each consolidated, in step order
   * @param steps the step of each batch, ascending
   * @param key positions of the key's columns
   * @throws FreshetException {@link ErrorCode#CONTRACT_VIOLATED} when one step inserts two rows
   *     with the same key
   */
  public static LastChanges of(String table, List<Batch> batches, long[] steps, int[] key) {
    int total = 0;
    KeyHash[] hashes = new KeyHash[batches.size()];
    boolean[][] deciding = new boolean[batches.size()][];
    for (int b = 0; b < hashes.length; b++) {
      hashes[b] = KeyHash.of(batches.get(b), key);
      deciding[b] = new boolean[batches.get(b).rowCount()];
      total = Math.addExact(total, batches.get(b).rowCount());
    }
    LastChanges changes = new LastChanges(batches, hashes, deciding);
    changes.scan(table, steps, key, total);
    return changes;
  }

  /** A slot holds the batch and row of the key's latest change so far, or -1. */
  private void scan(String table, long[] steps, int[] key, int total) {
    int slots = Integer.highestOneBit(Math.max(16, Math.multiplyExact(total, 2)) - 1) << 1;
    long[] latest = new long[slots];
    Arrays.fill(latest, -1);
    int mask = slots - 1;
    for (int b = 0; b < hashes.length; b++) {
      long[] first = hashes[b].first();
      long[] second = hashes[b].second();
      long[] weights = batches.get(b).weights();
      for (int row = 0; row < deciding[b].length; row++) {
        int slot = (int) first[row] & mask;
        while (latest[slot] != -1 && !sameKey(latest[slot], first[row], second[row])) {
          slot = (slot + 1) & mask;
        }
        long before = latest[slot];
        if (before != -1) {
          int beforeBatch = (int) (before >>> 32);
          int beforeRow = (int) before;
          boolean sameStep = steps[beforeBatch] == steps[b];
          if (sameStep && batches.get(beforeBatch).weight(beforeRow) > 0) {
            if (weights[row] > 0) {
              throw twice(table, batches.get(b), row, key, steps[b]);
            }
            continue;
          }
          deciding[beforeBatch][beforeRow] = false;
        }
        if (weights[row] > 1) {
          throw twice(table, batches.get(b), row, key, steps[b]);
        }
        latest[slot] = ((long) b << 32) | row;
        deciding[b][row] = true;
      }
    }
  }

  private boolean sameKey(long change, long first, long second) {
    KeyHash hash = hashes[(int) (change >>> 32)];
    int row = (int) change;
    return hash.first()[row] == first && hash.second()[row] == second;
  }

  private static FreshetException twice(String table, Batch batch, int row, int[] key, long step) {
    StringBuilder values = new StringBuilder();
    for (int column : key) {
      values
          .append(values.isEmpty() ? "" : ", ")
          .append(batch.schema().column(column).name())
          .append(" = ")
          .append(Values.read(batch.schema().type(column), batch.column(column), row));
    }
    return new FreshetException(
        ErrorCode.CONTRACT_VIOLATED,
        "Cannot write table "
            + table
            + ": step "
            + step
            + " holds two rows with the key ("
            + values
            + "). Declare a key that is unique, or none.");
  }
}
