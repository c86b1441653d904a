package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Hashing;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.error.Check;
import dev.freshet.engine.workers.Workers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows in the order of an arrangement, each identity once, none without effect. Immutable: a run is
 * a block of state that readers, merges and checkpoints share.
 */
public final class Run {
  /** One look-up among so many rows has a directory of them pay. */
  private static final int DIRECTORY_PAYS = 16;

  private final Batch rows;
  private final long[] hashes;
  private final long weight;
  private final boolean hasDeletes;

  private volatile @Nullable HashDirectory directory;

  /** Hashes that were looked for without a directory; a count that is lost makes no difference. */
  private int looked;

  /** Rows that are sorted and consolidated already, with the hashes of their keys. */
  Run(Batch rows, long[] hashes) {
    Check.that(
        hashes.length >= rows.rowCount(), "one hash per row", hashes.length, rows.rowCount());
    this.rows = rows;
    this.hashes = hashes;
    long sum = 0;
    long least = 0;
    long[] weights = rows.weights();
    for (int i = 0; i < rows.rowCount(); i++) {
      sum += weights[i];
      least = Math.min(least, weights[i]);
    }
    this.weight = sum;
    this.hasDeletes = least < 0;
  }

  /** Sorts and consolidates rows of any order. */
  public static Run of(RowOrder order, Batch batch) {
    long[] hashes = Hashing.hashRows(batch, order.key());
    int count = batch.rowCount();
    if (count <= 1) {
      return count == 0 || batch.weight(0) != 0 || order.sums().length > 0
          ? new Run(batch, hashes)
          : empty(order);
    }
    int[] sorted = Sorting.byOrder(hashes, batch, order);
    return ofSorted(order, batch, hashes, sorted);
  }

  /**
   * Consolidates some rows of a batch.
   *
   * @param hashes of all rows of the batch
   * @param sorted the rows in order; is written to
   */
  static Run ofSorted(RowOrder order, Batch batch, long[] hashes, int[] sorted) {
    return order.sums().length == 0
        ? consolidate(order, batch, hashes, sorted)
        : consolidateWithSums(order, batch, hashes, sorted);
  }

  /** As {@link #of(RowOrder, Batch)}; many rows are shared among workers. The run is the same. */
  public static Run of(RowOrder order, Batch batch, Workers workers) {
    int parts = workers.parts(batch.rowCount());
    return parts == 1 || order.sums().length > 0
        ? of(order, batch)
        : SharedSort.run(order, batch, workers, parts);
  }

  /** Rows that lay in a run before, in its order, with the hashes of their keys. */
  public static Run ofSorted(Batch rows, long[] hashes) {
    for (int i = 1; i < rows.rowCount(); i++) {
      Check.that(hashes[i - 1] <= hashes[i], "a run is sorted by hash", i, rows.rowCount());
    }
    return new Run(rows, hashes);
  }

  public static Run empty(RowOrder order) {
    return new Run(Batch.empty(order.schema()), new long[0]);
  }

  private static Run consolidate(RowOrder order, Batch batch, long[] hashes, int[] sorted) {
    long[] weights = new long[sorted.length];
    int kept = consolidate(order, batch, hashes, sorted, weights);
    return gathered(order, batch, hashes, sorted, weights, kept);
  }

  /**
   * Adds up the weights of equal rows, which stand side by side.
   *
   * @param sorted row numbers in order; those that are kept come first afterwards
   * @param weights takes the weights of those that are kept
   * @return how many are kept
   */
  static int consolidate(RowOrder order, Batch batch, long[] hashes, int[] sorted, long[] weights) {
    int count = sorted.length;
    long[] from = batch.weights();
    int kept = 0;
    for (int i = 0; i < count; ) {
      int row = sorted[i];
      long sum = from[row];
      int next = i + 1;
      while (next < count && same(order, batch, hashes, row, sorted[next])) {
        sum += from[sorted[next++]];
      }
      if (sum != 0) {
        sorted[kept] = row;
        weights[kept++] = sum;
      }
      i = next;
    }
    return kept;
  }

  private static Run gathered(
      RowOrder order, Batch batch, long[] hashes, int[] rows, long[] weights, int count) {
    Vector[] columns = new Vector[order.schema().columnCount()];
    for (int c = 0; c < columns.length; c++) {
      columns[c] = Rows.gather(batch.column(c), rows, count);
    }
    return new Run(
        new Batch(order.schema(), columns, Arrays.copyOf(weights, count), count),
        gather(hashes, rows, count));
  }

  static long[] gather(long[] from, int[] rows, int count) {
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = from[rows[i]];
    }
    return values;
  }

  private static Run consolidateWithSums(RowOrder order, Batch batch, long[] hashes, int[] sorted) {
    int count = sorted.length;
    SumColumns sums = new SumColumns(order.schema(), order.sums(), count);
    long[] weights = new long[count];
    int[] kept = new int[count];
    int[] targets = new int[count];
    int size = 0;
    for (int i = 0; i < count; ) {
      int row = sorted[i];
      int target = i;
      long weight = 0;
      int next = i;
      while (next < count && same(order, batch, hashes, row, sorted[next])) {
        weight += batch.weight(sorted[next]);
        sums.add(target, batch, sorted[next++]);
      }
      if (weight != 0 || !sums.isZero(target)) {
        kept[size] = row;
        targets[size] = target;
        weights[size++] = weight;
      }
      i = next;
    }
    Run identities = gathered(order, batch, hashes, kept, weights, size);
    return identities.withSums(order, sums, targets, size);
  }

  private Run withSums(RowOrder order, SumColumns sums, int[] targets, int size) {
    Vector[] columns = rows.columns().clone();
    for (int c = 0; c < order.sums().length; c++) {
      columns[order.sums()[c]] = sums.column(c, targets, size);
    }
    return new Run(new Batch(order.schema(), columns, rows.weights(), size), hashes);
  }

  private static boolean same(RowOrder order, Batch batch, long[] hashes, int a, int b) {
    return a == b || (hashes[a] == hashes[b] && order.compare(batch, a, batch, b) == 0);
  }

  /** Rows {@code from} to {@code to}; nothing of the others is held. */
  Run slice(int from, int to) {
    if (from == 0 && to == rowCount()) {
      return this;
    }
    int[] some = new int[to - from];
    Arrays.setAll(some, i -> from + i);
    return new Run(Rows.gather(rows, some, some.length), Arrays.copyOfRange(hashes, from, to));
  }

  public int rowCount() {
    return rows.rowCount();
  }

  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /** The rows in order. */
  public Batch rows() {
    return rows;
  }

  /** The key hash of each row, ascending; not to be written to. */
  public long[] hashes() {
    return hashes;
  }

  /**
   * Finds single hashes; {@code null} as long as that would cost more than it has been good for.
   *
   * @param wanted how many are to be looked for; of rows that are not empty
   */
  @Nullable HashDirectory directory(int wanted) {
    HashDirectory known = directory;
    if (known == null) {
      looked += wanted;
      if (looked >= rowCount() / DIRECTORY_PAYS) {
        known = new HashDirectory(hashes, rowCount());
        directory = known;
      }
    }
    return known;
  }

  /** Whether there are rows of negative weight. */
  boolean hasDeletes() {
    return hasDeletes;
  }

  /** The sum of all weights. */
  public long weight() {
    return weight;
  }

  /** Bytes of heap that the rows and hashes take, and what finds them. */
  public long bytes() {
    return rows.bytes() + 8L * hashes.length + HashDirectory.bytes(rowCount());
  }
}
