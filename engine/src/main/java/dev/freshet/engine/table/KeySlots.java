package dev.freshet.engine.table;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.engine.arrangement.Gather;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keys, numbered by first appearance: an open-addressing hash table over rows of several batches.
 * One thread owns it.
 */
public final class KeySlots {
  private final int[] key;
  private final List<Batch> batches = new ArrayList<>();
  private int[] table = new int[32];
  private long[] hashes = new long[16];
  private int[] keyBatches = new int[16];
  private int[] keyRows = new int[16];
  private int count;

  /**
   * @param key positions of the key's columns in the batches; may be none
   */
  public KeySlots(int[] key) {
    this.key = key;
  }

  /** Makes rows of a batch available as keys and values; returns the batch's number. */
  public int addBatch(Batch batch) {
    batches.add(batch);
    return batches.size() - 1;
  }

  /** Replaces a batch that was added as a placeholder. */
  public void setBatch(int number, Batch batch) {
    batches.set(number, batch);
  }

  Batch batch(int number) {
    return batches.get(number);
  }

  Batch[] batches() {
    return batches.toArray(Batch[]::new);
  }

  /** How many keys there are. */
  public int count() {
    return count;
  }

  long hash(int slot) {
    return hashes[slot];
  }

  /** The slot of a row's key; {@link #count()} grows by one when the key is new. */
  public int slot(int batchNumber, int row, long hash) {
    Batch batch = batches.get(batchNumber);
    int mask = table.length - 1;
    int at = (int) hash & mask;
    while (table[at] != 0) {
      int slot = table[at] - 1;
      if (hashes[slot] == hash
          && Rows.equal(batch, row, key, batches.get(keyBatches[slot]), keyRows[slot], key)) {
        return slot;
      }
      at = at + 1 & mask;
    }
    ensure();
    hashes[count] = hash;
    keyBatches[count] = batchNumber;
    keyRows[count] = row;
    table[at] = ++count;
    if (count * 2 > table.length) {
      rehash();
    }
    return count - 1;
  }

  /** The key rows of the slots from {@code first} on, as one batch. */
  public Batch keysFrom(int first) {
    int size = count - first;
    int batchNumber = keyBatches[first];
    for (int slot = first; slot < count; slot++) {
      if (keyBatches[slot] != batchNumber) {
        return mixedKeysFrom(first);
      }
    }
    return Rows.gather(batches.get(batchNumber), Arrays.copyOfRange(keyRows, first, count), size);
  }

  private Batch mixedKeysFrom(int first) {
    int size = count - first;
    return Gather.rows(
        batches.getFirst().schema(),
        batches(),
        Arrays.copyOfRange(keyBatches, first, count),
        Arrays.copyOfRange(keyRows, first, count),
        new long[size],
        size);
  }

  private void ensure() {
    if (count == hashes.length) {
      hashes = Arrays.copyOf(hashes, count * 2);
      keyBatches = Arrays.copyOf(keyBatches, count * 2);
      keyRows = Arrays.copyOf(keyRows, count * 2);
    }
  }

  private void rehash() {
    int[] grown = new int[table.length * 2];
    int mask = grown.length - 1;
    for (int slot = 0; slot < count; slot++) {
      int at = (int) hashes[slot] & mask;
      while (grown[at] != 0) {
        at = at + 1 & mask;
      }
      grown[at] = slot + 1;
    }
    table = grown;
  }
}
