package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Hashing;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keys to look for in an arrangement: rows of a batch, in the order of their key's hash. Position i
 * of the probe is row {@link #row}(i) of {@link #batch()}. Immutable.
 */
public final class Probe {
  private final Batch batch;
  private final int[] key;
  private final long[] hashes;
  private final int[] rows;
  private final int count;

  private Probe(Batch batch, int[] key, long[] hashes, int[] rows, int count) {
    this.batch = batch;
    this.key = key;
    this.hashes = hashes;
    this.rows = rows;
    this.count = count;
  }

  /** All rows of a batch, by these columns. */
  public static Probe of(Batch batch, int... key) {
    int count = batch.rowCount();
    long[] unsorted = Hashing.hashRows(batch, key);
    int[] rows = Sorting.byHash(unsorted, count);
    long[] hashes = new long[count];
    for (int i = 0; i < count; i++) {
      hashes[i] = unsorted[rows[i]];
    }
    return new Probe(batch, key, hashes, rows, count);
  }

  /** All rows of a run, by the columns that it is sorted by. */
  public static Probe of(Run run, int... key) {
    int count = run.rowCount();
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      rows[i] = i;
    }
    return new Probe(run.rows(), key, run.hashes(), rows, count);
  }

  /** Only the positions without NULL in the key: in a join NULL matches nothing. */
  public Probe withoutNullKeys() {
    boolean mayHaveNulls = false;
    for (int column : key) {
      mayHaveNulls |= batch.column(column).mayHaveNulls();
    }
    if (!mayHaveNulls) {
      return this;
    }
    boolean[] keep = new boolean[count];
    for (int i = 0; i < count; i++) {
      keep[i] = !hasNullKey(batch, key, rows[i]);
    }
    return where(keep);
  }

  /** Whether one of the key's columns is NULL. */
  public static boolean hasNullKey(Batch batch, int[] key, int row) {
    for (int column : key) {
      Vector vector = batch.column(column);
      if (vector.isNull(row)) {
        return true;
      }
    }
    return false;
  }

  /** Each key once. */
  public Probe distinct() {
    boolean[] keep = new boolean[count];
    boolean all = true;
    for (int i = 0; i < count; i++) {
      keep[i] = true;
      for (int j = i - 1; j >= 0 && hashes[j] == hashes[i] && keep[i]; j--) {
        keep[i] = !Rows.equal(batch, rows[i], key, batch, rows[j], key);
      }
      all &= keep[i];
    }
    return all ? this : where(keep);
  }

  /** Only the positions that are marked. */
  public Probe where(boolean[] keep) {
    long[] keptHashes = new long[count];
    int[] keptRows = new int[count];
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (keep[i]) {
        keptHashes[kept] = hashes[i];
        keptRows[kept++] = rows[i];
      }
    }
    return new Probe(
        batch, key, Arrays.copyOf(keptHashes, kept), Arrays.copyOf(keptRows, kept), kept);
  }

  /**
   * The probe in at most so many parts, one after the other, of about one size. Keys of one hash
   * stay together, so all positions of a key are in one part.
   */
  public List<Probe> ranges(int parts) {
    List<Probe> ranges = new ArrayList<>(parts);
    int from = 0;
    for (int p = 1; p <= parts && from < count; p++) {
      int to = p == parts ? count : Math.max(from, (int) ((long) count * p / parts));
      while (to > from && to < count && hashes[to] == hashes[to - 1]) {
        to++;
      }
      if (to > from) {
        ranges.add(slice(from, to));
        from = to;
      }
    }
    return ranges;
  }

  /** Positions {@code from} to {@code to}. */
  Probe slice(int from, int to) {
    return from == 0 && to == count
        ? this
        : new Probe(
            batch,
            key,
            Arrays.copyOfRange(hashes, from, to),
            Arrays.copyOfRange(rows, from, to),
            to - from);
  }

  public int count() {
    return count;
  }

  public boolean isEmpty() {
    return count == 0;
  }

  public Batch batch() {
    return batch;
  }

  /** The columns of {@link #batch()} that are the key; not to be written to. */
  public int[] key() {
    return key;
  }

  /** The row of the batch at a position. */
  public int row(int position) {
    return rows[position];
  }

  /** The rows of the batch by position; not to be written to. */
  public int[] rows() {
    return rows;
  }

  /** Ascending, one per position; not to be written to. */
  long[] hashes() {
    return hashes;
  }
}
