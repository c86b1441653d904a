package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.error.Check;
import dev.freshet.engine.workers.Workers;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sorted rows, each identity once, as a sequence of pieces of bounded size, so that parts of it can
 * lie on disk and none needs an array of unbounded length.
 *
 * <p>Rows that were only ever inserted need no order before somebody looks for one of them: such a
 * chain keeps them as they came, and sorts them the first time that it is asked for its pieces. Its
 * rows never change; their order, and where its pieces lie, does. Safe for all threads.
 */
public final class Chain {
  /** Fewer rows are sorted at once: it costs microseconds, and keeps small chains mergeable. */
  private static final int UNSORTED_ROWS_MIN = 256;

  /** More rows are sorted at once, so that no later read has to wait for much. */
  private static final int UNSORTED_ROWS_MAX = 1 << 16;

  private final long weight;
  private volatile long rowCount;
  private volatile @Nullable Unsorted unsorted;
  private volatile Piece @Nullable [] pieces;

  /** Rows as they came: in memory, or on disk. */
  private static final class Unsorted {
    private final RowOrder order;
    private final long bytes;
    private volatile @Nullable Batch resident;
    private volatile Spill.@Nullable UnsortedPlace place;

    Unsorted(RowOrder order, Batch rows) {
      this.order = order;
      this.bytes = rows.bytes();
      this.resident = rows;
    }

    Unsorted(RowOrder order, long bytes, Spill.UnsortedPlace place) {
      this.order = order;
      this.bytes = bytes;
      this.place = place;
    }

    Batch rows() {
      Batch rows = resident;
      return rows == null ? Objects.requireNonNull(place).read() : rows;
    }
  }

  Chain(Piece... pieces) {
    this.pieces = pieces;
    long rows = 0;
    long sum = 0;
    for (Piece piece : pieces) {
      rows += piece.rowCount();
      sum += piece.weight();
    }
    this.rowCount = rows;
    this.weight = sum;
  }

  private Chain(Unsorted unsorted, long rowCount, long weight) {
    this.unsorted = unsorted;
    this.rowCount = rowCount;
    this.weight = weight;
  }

  /** A chain of rows in memory. */
  public static Chain of(Run rows) {
    return rows.isEmpty() ? new Chain() : new Chain(new Piece(rows));
  }

  /** Rows that follow each other in the order. */
  public static Chain of(List<Piece> pieces) {
    return new Chain(pieces.toArray(Piece[]::new));
  }

  /** As {@link #ofChange(RowOrder, Batch, Workers)}, on this thread alone. */
  public static Chain ofChange(RowOrder order, Batch rows) {
    return ofChange(order, rows, Workers.NONE);
  }

  /** A change in any order: unsorted where it only inserts, and many rows. */
  public static Chain ofChange(RowOrder order, Batch rows, Workers workers) {
    if (rows.rowCount() >= UNSORTED_ROWS_MIN
        && rows.rowCount() <= UNSORTED_ROWS_MAX
        && order.sums().length == 0
        && leastWeight(rows) > 0) {
      return unsorted(order, rows);
    }
    return of(Run.of(order, rows, workers));
  }

  /**
   * Rows as they came.
   *
   * @param rows of positive weights
   */
  public static Chain unsorted(RowOrder order, Batch rows) {
    Check.that(!rows.isEmpty() && leastWeight(rows) > 0, "unsorted rows are inserts");
    long weight = 0;
    for (int i = 0; i < rows.rowCount(); i++) {
      weight += rows.weight(i);
    }
    return new Chain(new Unsorted(order, rows), rows.rowCount(), weight);
  }

  /**
   * Rows as they came, which lie in a file.
   *
   * @param weight the sum of their weights
   * @param bytes about how many bytes of memory they take
   */
  public static Chain unsorted(
      RowOrder order, int rowCount, long weight, long bytes, Spill.UnsortedPlace place) {
    return new Chain(new Unsorted(order, bytes, place), rowCount, weight);
  }

  private static long leastWeight(Batch rows) {
    long least = Long.MAX_VALUE;
    long[] weights = rows.weights();
    for (int i = 0; i < rows.rowCount(); i++) {
      least = Math.min(least, weights[i]);
    }
    return least;
  }

  /** A piece of a chain to be made. */
  public static Piece piece(Run rows) {
    return new Piece(rows);
  }

  /** The pieces in order; many unsorted rows are sorted by workers. */
  public List<Piece> pieces(Workers workers) {
    Piece[] sorted = pieces;
    return List.of(sorted == null ? sort(workers) : sorted);
  }

  /** The pieces in order. */
  public List<Piece> pieces() {
    return List.of(array());
  }

  Piece[] array() {
    Piece[] sorted = pieces;
    return sorted == null ? sort(Workers.NONE) : sorted;
  }

  private synchronized Piece[] sort(Workers workers) {
    Unsorted rows = unsorted;
    if (rows != null) {
      Run run = Run.of(rows.order, rows.rows(), workers);
      rowCount = run.rowCount();
      Spill.UnsortedPlace place = rows.place;
      pieces =
          place == null ? new Piece[] {new Piece(run)} : onDisk(rows.order, run, place.spill());
      unsorted = null;
    }
    return Objects.requireNonNull(pieces);
  }

  /** The pieces of rows that lay on disk: only those stay in memory that there is room for. */
  private static Piece[] onDisk(RowOrder order, Run run, Spill spill) {
    int rows = run.rowCount();
    int pieceRows = Math.clamp(rows * spill.pieceBytes() / Math.max(1, run.bytes()), 1, rows);
    Piece[] pieces = new Piece[Math.ceilDiv(rows, pieceRows)];
    for (int i = 0; i < pieces.length; i++) {
      int from = i * pieceRows;
      pieces[i] = new Piece(run.slice(from, Math.min(rows, from + pieceRows)));
      if (!spill.takes(order, pieces[i])) {
        pieces[i].spillTo(order, spill);
      }
    }
    return pieces;
  }

  /** The rows as they came; empty once they are sorted. */
  public Optional<Batch> unsorted() {
    Unsorted rows = unsorted;
    return rows == null ? Optional.empty() : Optional.of(rows.rows());
  }

  /** All rows as they are stored, piece by piece, until the sink wants no more. */
  boolean stored(BatchSink sink) {
    Unsorted rows = unsorted;
    if (rows != null) {
      return sink.accept(rows.rows());
    }
    for (Piece piece : array()) {
      if (!sink.accept(piece.rows().rows())) {
        return false;
      }
    }
    return true;
  }

  /** Whether the pieces are there without sorting anything. */
  public boolean isSorted() {
    return pieces != null;
  }

  /** The pieces that are there without sorting anything. */
  Piece[] sortedPieces() {
    Piece[] sorted = pieces;
    return sorted == null ? new Piece[0] : sorted;
  }

  /** Whether there are rows of negative weight, which may cancel others. */
  boolean hasDeletes() {
    for (Piece piece : sortedPieces()) {
      if (piece.hasDeletes()) {
        return true;
      }
    }
    return false;
  }

  /** How many rows are stored; equal ones may count each while they are unsorted. */
  public long rowCount() {
    return rowCount;
  }

  /** The sum of all weights. */
  public long weight() {
    return weight;
  }

  /** Bytes of memory that it takes now. */
  public long residentBytes() {
    Unsorted rows = unsorted;
    if (rows != null) {
      return rows.resident == null ? 0 : rows.bytes;
    }
    long bytes = 0;
    for (Piece piece : sortedPieces()) {
      bytes += piece.residentBytes();
    }
    return bytes;
  }

  /** Bytes that lie on disk only, as they would take in memory. */
  long spilledBytes() {
    Unsorted rows = unsorted;
    if (rows != null) {
      return rows.resident == null ? rows.bytes : 0;
    }
    long bytes = 0;
    for (Piece piece : sortedPieces()) {
      bytes += piece.isResident() ? 0 : piece.bytes();
    }
    return bytes;
  }

  /**
   * Writes unsorted rows to disk and gives up their memory. The engine's thread's.
   *
   * @return {@code false} when the disk is full; the rows then stay in memory
   */
  public boolean spillUnsorted(Spill spill) {
    Unsorted rows = unsorted;
    if (rows == null || rows.place != null) {
      return true;
    }
    Optional<Spill.UnsortedPlace> written = spill.writeUnsorted(rows.order, rows.rows());
    if (written.isEmpty()) {
      return false;
    }
    rows.place = written.get();
    rows.resident = null;
    return true;
  }

  /** The first piece from {@code from} on whose last hash is at least {@code hash}. */
  int pieceReaching(long hash, int from) {
    Piece[] sorted = array();
    int low = from;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle].lastHash() < hash) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public String toString() {
    return isSorted()
        ? "Chain" + Arrays.stream(array()).map(Piece::rowCount).toList()
        : "Chain[" + rowCount + " unsorted]";
  }
}
