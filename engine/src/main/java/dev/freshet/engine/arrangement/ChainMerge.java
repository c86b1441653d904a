package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.error.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Merges chains into one, a bounded number of rows at a time. The chains stay what they are. One
 * stretch of each is held at a time; when some of them lie on disk, so does the result. One thread
 * owns it.
 */
final class ChainMerge {
  static final int MAX_INPUTS = 64;

  private static final int CHUNK = 4096;

  /** A piece ends when it has so many rows or bytes. */
  private static final int PIECE_ROWS = 1 << 16;

  private static final long PIECE_BYTES = 2 << 20;
  private static final int CHUNKS_IN_A_PIECE = 64;

  private final RowOrder order;
  private final ChainCursor[] inputs;
  private final Batch[] batches;
  private final int[] sources;
  private final int[] rows;
  private final long[] hashes;
  private final long[] weights;
  private final Extras extras = new Extras();
  private final List<Piece> pieces = new ArrayList<>();

  /** Null as long as all inputs are in memory only. */
  private @Nullable Spill spill;

  private final long capacity;
  private final long pieceBytes;
  private PieceBuilder building;
  private long read;

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

  /** Collects the chunks of one piece. */
  private static final class PieceBuilder {
    private final RowOrder order;
    private final int expected;
    private final long bytesMax;
    private VectorBuilder[] builders = {};
    private Vector[] onlyChunk = {};
    private long[] hashes = {};
    private long[] weights = {};
    private int count;
    private long bytes;

    PieceBuilder(RowOrder order, long expected, long bytesMax) {
      this.order = order;
      this.bytesMax = bytesMax;
      this.expected = (int) Math.min(PIECE_ROWS + CHUNK, expected);
    }

    void append(Vector[] columns, long[] newHashes, long[] newWeights, int size) {
      if (size == 0) {
        return;
      }
      if (count == 0) {
        onlyChunk = columns;
        hashes = Arrays.copyOf(newHashes, size);
        weights = Arrays.copyOf(newWeights, size);
      } else {
        if (builders.length == 0) {
          builders = newBuilders();
          hashes = Arrays.copyOf(hashes, Math.max(expected, count + size));
          weights = Arrays.copyOf(weights, hashes.length);
          addColumns(onlyChunk);
          onlyChunk = new Vector[0];
        }
        if (count + size > hashes.length) {
          hashes = Arrays.copyOf(hashes, 2 * (count + size));
          weights = Arrays.copyOf(weights, hashes.length);
        }
        System.arraycopy(newHashes, 0, hashes, count, size);
        System.arraycopy(newWeights, 0, weights, count, size);
        addColumns(columns);
      }
      count += size;
      bytes += 16L * size;
      for (Vector column : columns) {
        bytes += column.bytes();
      }
    }

    private VectorBuilder[] newBuilders() {
      VectorBuilder[] created = new VectorBuilder[order.schema().columnCount()];
      for (int c = 0; c < created.length; c++) {
        created[c] = new VectorBuilder(order.schema().type(c).layout(), expected);
      }
      return created;
    }

    private void addColumns(Vector[] columns) {
      for (int c = 0; c < builders.length; c++) {
        builders[c].appendAll(columns[c]);
      }
    }

    boolean isFull() {
      return count >= PIECE_ROWS || bytes >= bytesMax;
    }

    boolean isEmpty() {
      return count == 0;
    }

    Run build() {
      Vector[] columns = onlyChunk;
      if (builders.length > 0) {
        columns = new Vector[builders.length];
        for (int c = 0; c < columns.length; c++) {
          columns[c] = builders[c].build();
        }
      }
      long[] exact = weights.length == count ? weights : Arrays.copyOf(weights, count);
      return new Run(
          new Batch(order.schema(), columns, exact, count),
          hashes.length == count ? hashes : Arrays.copyOf(hashes, count));
    }
  }

  /**
   * @param chains at most {@link #MAX_INPUTS}
   */
  ChainMerge(RowOrder order, List<Chain> chains) {
    Check.that(chains.size() <= MAX_INPUTS, "a merge has few inputs", chains.size(), MAX_INPUTS);
    this.order = order;
    this.inputs = new ChainCursor[chains.size()];
    this.batches = new Batch[inputs.length];
    long total = 0;
    for (int k = 0; k < inputs.length; k++) {
      Chain chain = chains.get(k);
      inputs[k] = new ChainCursor(chain, order);
      batches[k] = inputs[k].batch();
      total += chain.rowCount();
    }
    this.capacity = total;
    this.spill = spillOfInputs();
    this.pieceBytes = spill == null ? PIECE_BYTES : spill.pieceBytes();
    int chunk = (int) Math.min(Math.clamp(pieceBytes / CHUNKS_IN_A_PIECE, 1, CHUNK), total);
    this.sources = new int[chunk];
    this.rows = new int[chunk];
    this.hashes = new long[chunk];
    this.weights = new long[chunk];
    this.building = new PieceBuilder(order, total, pieceBytes);
  }

  private @Nullable Spill spillOfInputs() {
    for (ChainCursor input : inputs) {
      for (Piece piece : input.chain().sortedPieces()) {
        Spill.Place place = piece.place();
        if (place != null) {
          return place.spill();
        }
      }
    }
    return null;
  }

  /** All chains as one, at once. */
  static Chain merge(RowOrder order, List<Chain> chains) {
    ChainMerge merge = new ChainMerge(order, chains);
    merge.advance(Long.MAX_VALUE);
    return merge.result();
  }

  boolean reads(Chain chain) {
    for (ChainCursor input : inputs) {
      if (input.chain() == chain) {
        return true;
      }
    }
    return false;
  }

  boolean isDone() {
    return read == capacity;
  }

  /** Merges until about {@code rowLimit} rows have been read. */
  void advance(long rowLimit) {
    long left = rowLimit;
    while (!isDone() && left > 0) {
      long before = read;
      int size = pick((int) Math.min(left, rows.length));
      left -= Math.max(1, read - before);
      append(size);
      enterNextStretches();
    }
  }

  private void enterNextStretches() {
    for (int k = 0; k < inputs.length; k++) {
      if (inputs[k].isStretchDone() && !inputs[k].isDone()) {
        inputs[k].nextStretch();
        batches[k] = inputs[k].batch();
      }
    }
  }

  /**
   * Chooses output rows until {@code limit} have been looked at or an input comes to the end of a
   * stretch: what follows there is not seen yet, and the chosen rows are taken from the stretches
   * of now.
   */
  private int pick(int limit) {
    int size = 0;
    extras.count = 0;
    boolean stretchDone = false;
    for (int looked = 0; looked < limit && !stretchDone; looked++) {
      int best = -1;
      long bestHash = 0;
      boolean tie = false;
      for (int k = 0; k < inputs.length; k++) {
        if (inputs[k].isStretchDone()) {
          continue;
        }
        long hash = inputs[k].hash();
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
        for (ChainCursor input : inputs) {
          stretchDone |= input.isStretchDone() && !input.isDone();
        }
      } else {
        put(size++, best, inputs[best].row, bestHash, inputs[best].weight());
        stretchDone = take(best);
      }
    }
    return size;
  }

  /** Goes past a row; {@code true} when its stretch ends with it. */
  private boolean take(int input) {
    inputs[input].row++;
    read++;
    return inputs[input].isStretchDone();
  }

  private int pickAmongEqualHashes(int at, int first, long hash) {
    int best = first;
    long equal = 0;
    for (int k = first + 1; k < inputs.length; k++) {
      if (!inputs[k].isStretchDone() && inputs[k].hash() == hash) {
        int order = compare(k, best);
        if (order < 0) {
          best = k;
          equal = 0;
        } else if (order == 0) {
          equal |= 1L << k;
        }
      }
    }
    int row = inputs[best].row;
    long weight = inputs[best].weight();
    take(best);
    int extrasBefore = extras.count;
    for (; equal != 0; equal &= equal - 1) {
      int k = Long.numberOfTrailingZeros(equal);
      weight += inputs[k].weight();
      if (order.sums().length > 0) {
        extras.add(at, k, inputs[k].row);
      }
      take(k);
    }
    if (weight == 0 && sumsCancel(best, row, extrasBefore)) {
      extras.count = extrasBefore;
      return 0;
    }
    put(at, best, row, hash, weight);
    return 1;
  }

  private int compare(int a, int b) {
    return order.compare(batches[a], inputs[a].row, batches[b], inputs[b].row);
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
    hashes[at] = hash;
    weights[at] = weight;
  }

  private void append(int size) {
    Vector[] columns = Gather.columns(order.schema(), batches, sources, rows, size);
    if (extras.count > 0) {
      addExtras(columns, size);
    }
    building.append(columns, hashes, weights, size);
    if (building.isFull() || (isDone() && !building.isEmpty())) {
      endPiece();
    }
  }

  private void endPiece() {
    Piece piece = new Piece(building.build());
    if (spill != null) {
      keepOrSpill(piece, spill);
    }
    pieces.add(piece);
    if (spill == null) {
      spill = spillOfInputs();
      if (spill != null) { // memory has become scarce since the merge began
        for (Piece each : pieces) {
          keepOrSpill(each, spill);
        }
      }
    }
    building = new PieceBuilder(order, capacity - read, pieceBytes);
  }

  private void keepOrSpill(Piece piece, Spill into) {
    if (!into.takes(order, piece)) {
      piece.spillTo(order, into);
    }
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

  /** The merged chain; only when done. */
  Chain result() {
    Check.that(isDone(), "a merge is done before its result is taken");
    return Chain.of(pieces);
  }
}
