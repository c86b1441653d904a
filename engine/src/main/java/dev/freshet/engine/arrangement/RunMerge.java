package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.error.Check;
import dev.freshet.core.type.DataType.Layout;
import java.util.Arrays;
import java.util.List;

/**
 * Merges runs into one, a bounded number of rows at a time. The runs stay what they are. One thread
 * owns it.
 */
final class RunMerge {
  static final int MAX_INPUTS = 64;

  private static final int CHUNK = 4096;

  private final RowOrder order;
  private final Run[] inputs;
  private final Batch[] batches;
  private final int[] next;
  private final long[] hashes;
  private final long[] weights;
  private final int[] sources;
  private final int[] rows;
  private final Extras extras = new Extras();
  private final int capacity;
  private VectorBuilder[] builders = {};
  private Vector[] onlyChunk = {};
  private int written;
  private boolean done;

  /** Rows that are added to a chosen row of the current chunk; only with sum columns. */
  private static final class Extras {
    private int[] targets = {};
    private int[] sources = {};
    private int[] rows = {};
    private int count;

    void add(int target, int source, int row) {
      if (count == rows.length) {
        int grown = Math.max(16, count * 2);
        targets = Arrays.copyOf(targets, grown);
        sources = Arrays.copyOf(sources, grown);
        rows = Arrays.copyOf(rows, grown);
      }
      targets[count] = target;
      sources[count] = source;
      rows[count++] = row;
    }
  }

  /**
   * @param runs at most {@link #MAX_INPUTS}
   */
  RunMerge(RowOrder order, List<Run> runs) {
    Check.that(runs.size() <= MAX_INPUTS, "a merge has few inputs", runs.size(), MAX_INPUTS);
    this.order = order;
    this.inputs = runs.toArray(Run[]::new);
    this.batches = new Batch[inputs.length];
    this.next = new int[inputs.length];
    int total = 0;
    for (int k = 0; k < inputs.length; k++) {
      batches[k] = inputs[k].rows();
      total = Math.addExact(total, inputs[k].rowCount());
    }
    this.capacity = total;
    int chunk = Math.min(CHUNK, total);
    this.hashes = new long[total];
    this.weights = new long[total];
    this.sources = new int[chunk];
    this.rows = new int[chunk];
  }

  /** All runs as one, at once. */
  static Run merge(RowOrder order, List<Run> runs) {
    RunMerge merge = new RunMerge(order, runs);
    merge.advance(Integer.MAX_VALUE);
    return merge.result();
  }

  boolean reads(Run run) {
    for (Run input : inputs) {
      if (input == run) {
        return true;
      }
    }
    return false;
  }

  boolean isDone() {
    return done;
  }

  /** Merges until about {@code rowLimit} rows have been read. */
  void advance(int rowLimit) {
    int left = rowLimit;
    while (!done && left > 0) {
      int before = readRows();
      int size = pick(Math.min(left, rows.length));
      left -= Math.max(1, readRows() - before);
      done = readRows() == capacity;
      append(size);
    }
  }

  private int readRows() {
    int read = 0;
    for (int position : next) {
      read += position;
    }
    return read;
  }

  /** Chooses output rows until {@code limit} have been looked at. */
  private int pick(int limit) {
    int size = 0;
    extras.count = 0;
    for (int looked = 0; looked < limit; looked++) {
      int best = -1;
      long bestHash = 0;
      boolean tie = false;
      for (int k = 0; k < inputs.length; k++) {
        int at = next[k];
        if (at == inputs[k].rowCount()) {
          continue;
        }
        long hash = inputs[k].hashes()[at];
        if (best < 0 || hash < bestHash) {
          best = k;
          bestHash = hash;
          tie = false;
        } else if (hash == bestHash) {
          tie = true;
        }
      }
      if (best < 0) {
        break;
      }
      if (tie) {
        size += pickAmongEqualHashes(size, best, bestHash);
      } else {
        put(size++, best, next[best], bestHash, batches[best].weight(next[best]));
        next[best]++;
      }
    }
    return size;
  }

  private int pickAmongEqualHashes(int at, int first, long hash) {
    int best = first;
    long equal = 0;
    for (int k = first + 1; k < inputs.length; k++) {
      if (hasNext(k, hash)) {
        int order = compare(k, next[k], best, next[best]);
        if (order < 0) {
          best = k;
          equal = 0;
        } else if (order == 0) {
          equal |= 1L << k;
        }
      }
    }
    int row = next[best]++;
    long weight = batches[best].weight(row);
    int extrasBefore = extras.count;
    for (; equal != 0; equal &= equal - 1) {
      int k = Long.numberOfTrailingZeros(equal);
      weight += batches[k].weight(next[k]);
      if (order.sums().length > 0) {
        extras.add(at, k, next[k]);
      }
      next[k]++;
    }
    if (weight == 0 && sumsCancel(best, row, extrasBefore)) {
      extras.count = extrasBefore;
      return 0;
    }
    put(at, best, row, hash, weight);
    return 1;
  }

  private boolean hasNext(int k, long hash) {
    return next[k] < inputs[k].rowCount() && inputs[k].hashes()[next[k]] == hash;
  }

  private int compare(int a, int rowA, int b, int rowB) {
    return order.compare(batches[a], rowA, batches[b], rowB);
  }

  private boolean sumsCancel(int source, int row, int firstExtra) {
    if (order.sums().length == 0) {
      return true;
    }
    SumColumns sums = new SumColumns(order.schema(), order.sums(), 1);
    sums.add(0, batches[source], row);
    for (int e = firstExtra; e < extras.count; e++) {
      sums.add(0, batches[extras.sources[e]], extras.rows[e]);
    }
    return sums.isZero(0);
  }

  private void put(int at, int source, int row, long hash, long weight) {
    sources[at] = source;
    rows[at] = row;
    hashes[written + at] = hash;
    weights[written + at] = weight;
  }

  private void append(int size) {
    Vector[] columns = Gather.columns(order.schema(), batches, sources, rows, size);
    if (extras.count > 0) {
      addExtras(columns, size);
    }
    if (done && written == 0) {
      onlyChunk = columns;
    } else {
      builders = builders.length == 0 ? newBuilders() : builders;
      for (int c = 0; c < builders.length; c++) {
        builders[c].appendAll(columns[c]);
      }
    }
    written += size;
  }

  private VectorBuilder[] newBuilders() {
    VectorBuilder[] created = new VectorBuilder[order.schema().columnCount()];
    for (int c = 0; c < created.length; c++) {
      created[c] = new VectorBuilder(order.schema().type(c).layout(), capacity);
      if (order.schema().type(c).layout() == Layout.BYTES) {
        created[c].reserveBytes(byteCount(c));
      }
    }
    return created;
  }

  private int byteCount(int column) {
    long bytes = 0;
    for (Batch batch : batches) {
      BytesVector vector = (BytesVector) batch.column(column);
      bytes += vector.offsets()[vector.length()];
    }
    return Math.toIntExact(bytes);
  }

  private void addExtras(Vector[] columns, int size) {
    SumColumns sums = new SumColumns(order.schema(), order.sums(), size);
    int[] targets = new int[size];
    for (int i = 0; i < size; i++) {
      targets[i] = i;
      sums.add(i, batches[sources[i]], rows[i]);
    }
    for (int e = 0; e < extras.count; e++) {
      sums.add(extras.targets[e], batches[extras.sources[e]], extras.rows[e]);
    }
    for (int c = 0; c < order.sums().length; c++) {
      columns[order.sums()[c]] = sums.column(c, targets, size);
    }
  }

  /** The merged run; only when done. */
  Run result() {
    Vector[] columns = onlyChunk.length > 0 || capacity == 0 ? onlyChunk : built();
    if (columns.length == 0 && order.schema().columnCount() > 0) {
      return Run.empty(order);
    }
    boolean exact = written == capacity;
    return new Run(
        new Batch(
            order.schema(), columns, exact ? weights : Arrays.copyOf(weights, written), written),
        exact ? hashes : Arrays.copyOf(hashes, written));
  }

  private Vector[] built() {
    Vector[] columns = new Vector[builders.length];
    boolean wasteful = written < capacity / 2;
    int[] all = new int[wasteful ? written : 0];
    Arrays.setAll(all, i -> i);
    for (int c = 0; c < columns.length; c++) {
      Vector column = builders[c].build();
      columns[c] = wasteful ? Rows.gather(column, all, written) : column;
    }
    return columns;
  }
}
