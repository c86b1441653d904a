package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Hashing;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.engine.workers.Workers;
import java.util.List;

/**
 * Sorts and consolidates many rows on several threads:
 *
 * <pre>
 *   hash       by parts of the rows
 *   scatter    the rows' numbers into buckets by the upper bits of their hashes   (one thread: it is short)
 *   sort       each bucket, and add up equal rows, which are in one bucket
 *   gather     column by column
 * </pre>
 *
 * What comes out is what {@link Run#of(RowOrder, Batch)} gives.
 */
final class SharedSort {
  private SharedSort() {}

  /** The kept rows of a bucket, in order. */
  @SuppressWarnings("ArrayRecordComponent") // local to this class
  private record Bucket(int[] rows, long[] weights, int count) {}

  static Run run(RowOrder order, Batch batch, Workers workers, int parts) {
    long[] hashes = hashes(order, batch, workers, parts);
    int[][] rows = scattered(hashes, parts);
    List<Bucket> buckets =
        workers.map(rows.length, bucket -> sorted(order, batch, hashes, rows[bucket]));
    int count = buckets.stream().mapToInt(Bucket::count).sum();
    int[] kept = new int[count];
    long[] weights = new long[count];
    int at = 0;
    for (Bucket bucket : buckets) {
      System.arraycopy(bucket.rows(), 0, kept, at, bucket.count());
      System.arraycopy(bucket.weights(), 0, weights, at, bucket.count());
      at += bucket.count();
    }
    Vector[] columns =
        workers
            .map(order.schema().columnCount(), c -> Rows.gather(batch.column(c), kept, kept.length))
            .toArray(Vector[]::new);
    return new Run(
        new Batch(order.schema(), columns, weights, count), Run.gather(hashes, kept, count));
  }

  private static long[] hashes(RowOrder order, Batch batch, Workers workers, int parts) {
    int count = batch.rowCount();
    long[] hashes = new long[count];
    workers.map(
        parts,
        part -> {
          int from = (int) ((long) count * part / parts);
          int to = (int) ((long) count * (part + 1) / parts);
          Hashing.hashRows(batch, order.key(), hashes, from, to);
          return part;
        });
    return hashes;
  }

  /** The rows' numbers, ascending, in at least {@code parts} buckets, which ascend by hash. */
  private static int[][] scattered(long[] hashes, int parts) {
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(parts - 1);
    int shift = Long.SIZE - bits;
    int[] counts = new int[1 << bits];
    for (long hash : hashes) {
      counts[(int) ((hash ^ Long.MIN_VALUE) >>> shift)]++;
    }
    int[][] rows = new int[counts.length][];
    for (int bucket = 0; bucket < rows.length; bucket++) {
      rows[bucket] = new int[counts[bucket]];
      counts[bucket] = 0;
    }
    for (int row = 0; row < hashes.length; row++) {
      int bucket = (int) ((hashes[row] ^ Long.MIN_VALUE) >>> shift);
      rows[bucket][counts[bucket]++] = row;
    }
    return rows;
  }

  private static Bucket sorted(RowOrder order, Batch batch, long[] hashes, int[] rows) {
    Sorting.byOrder(rows, hashes, batch, order);
    long[] weights = new long[rows.length];
    return new Bucket(rows, weights, Run.consolidate(order, batch, hashes, rows, weights));
  }
}
