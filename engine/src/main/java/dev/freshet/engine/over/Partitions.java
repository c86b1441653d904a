package dev.freshet.engine.over;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.engine.arrangement.KeyGroups;
import dev.freshet.engine.arrangement.Surroundings;
import java.util.Optional;

/**
 * The rows of partitions in order, each as often as its weight says. A position counts over all
 * partitions; a row is one of the batch. Of a partition there may be a part only: then nothing of
 * what is asked for depends on rows after it, and what depends on rows before it asks for those.
 *
 * <pre>
 * rows       a(weight 2)  b  |  c          two partitions
 * positions  0  1         2  |  3
 * row of     0  0         1  |  2
 * offsets    0               3     4
 * </pre>
 *
 * Immutable.
 */
public final class Partitions {
  private final Batch rows;
  private final int[] order;
  private final int[] rowOf;
  private final int[] offsets;

  private final Optional<Surroundings> parts;
  private long[] weightsBefore = {};
  private int[] peerStarts = {};
  private int[] peerEnds = {};

  private Partitions(
      Batch rows, int[] order, int[] rowOf, int[] offsets, Optional<Surroundings> parts) {
    this.parts = parts;
    this.rows = rows;
    this.order = order;
    this.rowOf = rowOf;
    this.offsets = offsets;
  }

  /**
   * @param groups one per partition, with positive weights
   * @param order the columns in which peers are equal
   */
  public static Partitions of(KeyGroups groups, int[] order) {
    return of(groups, order, Optional.empty());
  }

  /**
   * Parts of partitions.
   *
   * @param before knows what comes before each part
   */
  public static Partitions ofParts(KeyGroups groups, int[] order, Surroundings before) {
    return of(groups, order, Optional.of(before));
  }

  private static Partitions of(KeyGroups groups, int[] order, Optional<Surroundings> parts) {
    Batch rows = groups.rows();
    int[] rowOf = new int[size(rows)];
    int[] offsets = new int[groups.offsets().length];
    int at = 0;
    for (int p = 0; p + 1 < offsets.length; p++) {
      for (int row = groups.offsets()[p]; row < groups.offsets()[p + 1]; row++) {
        for (long n = rows.weight(row); n > 0; n--) {
          rowOf[at++] = row;
        }
      }
      offsets[p + 1] = at;
    }
    return new Partitions(rows, order, rowOf, offsets, parts);
  }

  private static int size(Batch rows) {
    long size = 0;
    for (int row = 0; row < rows.rowCount(); row++) {
      size += Math.max(0, rows.weight(row));
    }
    if (size > Integer.MAX_VALUE - 8) {
      throw new FreshetException(
          ErrorCode.LIMIT_EXCEEDED,
          "Cannot compute a window function over " + size + " rows at once. Add a PARTITION BY.");
    }
    return (int) size;
  }

  /** The rows, without their repetitions. */
  public Batch rows() {
    return rows;
  }

  /** The row at each position; not to be written to. */
  public int[] rowOf() {
    return rowOf;
  }

  /** Positions of partition i go from {@code offsets[i]} to {@code offsets[i + 1]}. */
  public int[] offsets() {
    return offsets;
  }

  /** How many positions there are. */
  public int size() {
    return rowOf.length;
  }

  /** How many positions the partition has before the first one that is here. */
  long positionsBefore(int partition) {
    if (parts.isEmpty()) {
      return 0;
    }
    if (weightsBefore.length == 0) {
      weightsBefore = parts.get().weightsBefore();
    }
    return weightsBefore[partition];
  }

  /** Gives the rows that lie before those that are here, by partition. */
  void before(Surroundings.Sink sink) {
    parts.ifPresent(each -> each.before(sink));
  }

  /** For each position the first one of its peers: the rows equal to it in the order. */
  int[] peerStarts() {
    if (peerStarts.length < size()) {
      findPeers();
    }
    return peerStarts;
  }

  /** For each position the one after the last of its peers. */
  int[] peerEnds() {
    if (peerEnds.length < size()) {
      findPeers();
    }
    return peerEnds;
  }

  private void findPeers() {
    int[] starts = new int[size()];
    int[] ends = new int[size()];
    for (int p = 0; p + 1 < offsets.length; p++) {
      int start = offsets[p];
      for (int i = offsets[p]; i < offsets[p + 1]; i++) {
        if (i > start && !arePeers(i - 1, i)) {
          java.util.Arrays.fill(ends, start, i, i);
          start = i;
        }
        starts[i] = start;
      }
      java.util.Arrays.fill(ends, start, offsets[p + 1], offsets[p + 1]);
    }
    peerStarts = starts;
    peerEnds = ends;
  }

  private boolean arePeers(int a, int b) {
    return rowOf[a] == rowOf[b] || Rows.equal(rows, rowOf[a], order, rows, rowOf[b], order);
  }
}
