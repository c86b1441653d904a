package dev.freshet.engine.aggregate;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType.Layout;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Gather;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keys that come in batches, numbered by first appearance: an open-addressing hash table. Keys of
 * numbers and times are compared in one array. One thread owns it.
 */
public final class KeyTable {
  private static final int BATCHES_MAX = 512;

  private final Schema schema;
  private final int[] columns;
  private final boolean isLong;
  private final List<Batch> batches = new ArrayList<>();
  private int[] table = new int[64];
  private long[] hashes = {};
  private int[] sources = {};
  private int[] rows = {};
  private long[] longs = {};
  private int count;
  private long batchBytes;

  /** All columns of the schema are the key. */
  public KeyTable(Schema schema) {
    this.schema = schema;
    this.columns = new int[schema.columnCount()];
    Arrays.setAll(columns, c -> c);
    this.isLong =
        columns.length > 0
            && schema.columns().stream().allMatch(c -> c.type().layout() == Layout.LONG);
  }

  /** How many keys there are. */
  public int count() {
    return count;
  }

  /**
   * The slot of each key. {@link #count} grows by those that are new, which come in their order.
   *
   * @param keys each key once
   * @param keyHashes of the keys
   */
  public int[] slots(Batch keys, long[] keyHashes) {
    int keyCount = keys.rowCount();
    int[] slots = new int[keyCount];
    int before = count;
    int source = batches.size();
    ensure(count + keyCount);
    batches.add(keys);
    batchBytes += keys.bytes();
    for (int i = 0; i < keyCount; i++) {
      int place = place(keys, i, keyHashes[i]);
      if (table[place] == 0) {
        add(keys, source, i, keyHashes[i]);
        table[place] = count;
      }
      slots[i] = table[place] - 1;
    }
    if (count == before) {
      batchBytes -= batches.removeLast().bytes();
    } else if (batches.size() > BATCHES_MAX) {
      compact();
    }
    return slots;
  }

  /** About how much memory it takes. */
  public long bytes() {
    return batchBytes
        + 4L * table.length
        + (long) hashes.length * (Long.BYTES + 2 * Integer.BYTES)
        + (long) longs.length * Long.BYTES;
  }

  /** The slot of a key; -1 when it is not there. */
  public int find(Batch keys, int row, long hash) {
    return table[place(keys, row, hash)] - 1;
  }

  private int place(Batch keys, int row, long hash) {
    int mask = table.length - 1;
    int place = (int) hash & mask;
    for (int slot = table[place] - 1; slot >= 0; slot = table[place] - 1) {
      if (hashes[slot] == hash && isAt(slot, keys, row)) {
        return place;
      }
      place = place + 1 & mask;
    }
    return place;
  }

  private boolean isAt(int slot, Batch keys, int row) {
    boolean mayBeNull = !isLong;
    for (int c = 0; isLong && c < columns.length; c++) {
      LongVector column = (LongVector) keys.column(c);
      long known = longs[slot * columns.length + c];
      boolean nulls = column.mayHaveNulls();
      if (!nulls && column.values()[row] != known) {
        return false;
      }
      mayBeNull |= nulls || known == 0;
    }
    return !mayBeNull
        || Rows.equal(keys, row, columns, batches.get(sources[slot]), rows[slot], columns);
  }

  private void add(Batch keys, int source, int row, long hash) {
    int slot = count++;
    for (int c = 0; isLong && c < columns.length; c++) {
      Vector column = keys.column(c);
      longs[slot * columns.length + c] =
          column.isNull(row) ? 0 : ((LongVector) column).values()[row];
    }
    hashes[slot] = hash;
    sources[slot] = source;
    rows[slot] = row;
  }

  private void ensure(int wanted) {
    if (wanted <= hashes.length) {
      return;
    }
    int capacity = Math.max(wanted, Math.max(16, hashes.length * 2));
    hashes = Arrays.copyOf(hashes, capacity);
    sources = Arrays.copyOf(sources, capacity);
    rows = Arrays.copyOf(rows, capacity);
    longs = isLong ? Arrays.copyOf(longs, capacity * columns.length) : longs;
    int size = Integer.highestOneBit(capacity) * 4;
    if (size > table.length) {
      rehash(size);
    }
  }

  private void rehash(int size) {
    table = new int[size];
    int mask = size - 1;
    for (int slot = 0; slot < count; slot++) {
      int place = (int) hashes[slot] & mask;
      while (table[place] != 0) {
        place = place + 1 & mask;
      }
      table[place] = slot + 1;
    }
  }

  /** The keys of the first so many slots of {@code slots}, under weights of 0. */
  public Batch keys(int[] slots, int size) {
    int[] from = new int[size];
    int[] at = new int[size];
    for (int i = 0; i < size; i++) {
      from[i] = sources[slots[i]];
      at[i] = rows[slots[i]];
    }
    return batches.isEmpty()
        ? Batch.empty(schema)
        : Gather.rows(schema, batches.toArray(Batch[]::new), from, at, new long[size], size);
  }

  /** The keys of all slots, in order. */
  public Batch keys() {
    int[] all = new int[count];
    Arrays.setAll(all, slot -> slot);
    return keys(all, count);
  }

  /** The hash of a slot's key. */
  public long hash(int slot) {
    return hashes[slot];
  }

  /** Puts the keys into one batch. */
  private void compact() {
    Batch keys = keys();
    batches.clear();
    batches.add(keys);
    batchBytes = keys.bytes();
    for (int slot = 0; slot < count; slot++) {
      sources[slot] = 0;
      rows[slot] = slot;
    }
  }
}
