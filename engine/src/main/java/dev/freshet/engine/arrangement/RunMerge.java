package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import java.util.Arrays;

/**
 * Merges two runs into one, a bounded number of rows at a time. The two runs stay what they are.
 * One thread owns it.
 */
final class RunMerge {
  private static final int CHUNK = 4096;
  private static final int[] NO_ROWS = {};

  private final RowOrder order;
  private final Run a;
  private final Run b;
  private final Batch[] batches;
  private final VectorBuilder[] builders;
  private final long[] hashes;
  private final long[] weights;
  private final int[] sources;
  private final int[] rows;

  /** The row of b that is added to the row of a, or -1; only with sum columns. */
  private final int[] partners;

  private int nextA;
  private int nextB;
  private int written;

  RunMerge(RowOrder order, Run a, Run b) {
    this.order = order;
    this.a = a;
    this.b = b;
    this.batches = new Batch[] {a.rows(), b.rows()};
    int capacity = Math.addExact(a.rowCount(), b.rowCount());
    int chunk = Math.min(CHUNK, capacity);
    this.hashes = new long[capacity];
    this.weights = new long[capacity];
    this.sources = new int[chunk];
    this.rows = new int[chunk];
    this.partners = order.sums().length == 0 ? NO_ROWS : new int[chunk];
    this.builders = new VectorBuilder[order.schema().columnCount()];
    for (int c = 0; c < builders.length; c++) {
      builders[c] = new VectorBuilder(order.schema().type(c).layout(), capacity);
    }
  }

  /** Both runs as one, at once. */
  static Run merge(RowOrder order, Run a, Run b) {
    RunMerge merge = new RunMerge(order, a, b);
    merge.advance(Integer.MAX_VALUE);
    return merge.result();
  }

  Run a() {
    return a;
  }

  Run b() {
    return b;
  }

  boolean isDone() {
    return nextA == a.rowCount() && nextB == b.rowCount();
  }

  /** Merges until about {@code rowLimit} rows have been read. */
  void advance(int rowLimit) {
    int read = 0;
    while (!isDone() && read < rowLimit) {
      int before = nextA + nextB;
      int size = pick(Math.min(rowLimit - read, rows.length));
      read += nextA + nextB - before;
      append(size);
    }
  }

  /** Chooses up to {@code limit} output rows. */
  private int pick(int limit) {
    long[] hashesA = a.hashes();
    long[] hashesB = b.hashes();
    int countA = a.rowCount();
    int countB = b.rowCount();
    int size = 0;
    for (int steps = 0;
        size < limit && steps < CHUNK && (nextA < countA || nextB < countB);
        steps++) {
      int comparison;
      if (nextA == countA) {
        comparison = 1;
      } else if (nextB == countB) {
        comparison = -1;
      } else if (hashesA[nextA] != hashesB[nextB]) {
        comparison = hashesA[nextA] < hashesB[nextB] ? -1 : 1;
      } else {
        comparison = order.compare(a.rows(), nextA, b.rows(), nextB);
      }
      if (comparison < 0) {
        put(size++, 0, nextA, hashesA[nextA], a.rows().weight(nextA));
        nextA++;
      } else if (comparison > 0) {
        put(size++, 1, nextB, hashesB[nextB], b.rows().weight(nextB));
        nextB++;
      } else {
        size += pickBoth(size, hashesA[nextA]);
        nextA++;
        nextB++;
      }
    }
    return size;
  }

  private int pickBoth(int at, long hash) {
    long weight = a.rows().weight(nextA) + b.rows().weight(nextB);
    if (weight == 0 && (partners.length == 0 || sumsCancel())) {
      return 0;
    }
    put(at, 0, nextA, hash, weight);
    if (partners.length > 0) {
      partners[at] = nextB;
    }
    return 1;
  }

  private boolean sumsCancel() {
    SumColumns sums = new SumColumns(order.schema(), order.sums(), 1);
    sums.add(0, a.rows(), nextA);
    sums.add(0, b.rows(), nextB);
    return sums.isZero(0);
  }

  private void put(int at, int source, int row, long hash, long weight) {
    sources[at] = source;
    rows[at] = row;
    hashes[written + at] = hash;
    weights[written + at] = weight;
    if (partners.length > 0) {
      partners[at] = -1;
    }
  }

  private void append(int size) {
    Vector[] columns = Gather.columns(order.schema(), batches, sources, rows, size);
    if (partners.length > 0 && hasPartner(size)) {
      addPartners(columns, size);
    }
    for (int c = 0; c < builders.length; c++) {
      builders[c].appendAll(columns[c]);
    }
    written += size;
  }

  private boolean hasPartner(int size) {
    for (int i = 0; i < size; i++) {
      if (partners[i] >= 0) {
        return true;
      }
    }
    return false;
  }

  private void addPartners(Vector[] columns, int size) {
    SumColumns sums = new SumColumns(order.schema(), order.sums(), size);
    int[] targets = new int[size];
    for (int i = 0; i < size; i++) {
      targets[i] = i;
      sums.add(i, batches[sources[i]], rows[i]);
      if (partners[i] >= 0) {
        sums.add(i, b.rows(), partners[i]);
      }
    }
    for (int c = 0; c < order.sums().length; c++) {
      columns[order.sums()[c]] = sums.column(c, targets, size);
    }
  }

  /** The merged run; only when done. */
  Run result() {
    Vector[] columns = new Vector[builders.length];
    boolean wasteful = written < hashes.length / 2;
    int[] all = wasteful ? allRows() : NO_ROWS;
    for (int c = 0; c < columns.length; c++) {
      columns[c] = builders[c].build();
      columns[c] = wasteful ? Rows.gather(columns[c], all, written) : columns[c];
    }
    boolean exact = written == hashes.length;
    return new Run(
        new Batch(
            order.schema(), columns, exact ? weights : Arrays.copyOf(weights, written), written),
        exact ? hashes : Arrays.copyOf(hashes, written));
  }

  private int[] allRows() {
    int[] all = new int[written];
    for (int i = 0; i < written; i++) {
      all[i] = i;
    }
    return all;
  }
}
