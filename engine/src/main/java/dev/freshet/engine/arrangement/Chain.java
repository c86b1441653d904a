package dev.freshet.engine.arrangement;

import java.util.Arrays;
import java.util.List;

/**
 * Sorted rows, each identity once, as a sequence of pieces of bounded size, so that parts of it can
 * lie on disk and none needs an array of unbounded length. Immutable, save where its pieces lie.
 */
public final class Chain {
  private final Piece[] pieces;
  private final long rowCount;
  private final long weight;

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

  /** A chain of rows in memory. */
  public static Chain of(Run rows) {
    return rows.isEmpty() ? new Chain() : new Chain(new Piece(rows));
  }

  /** Rows that follow each other in the order. */
  public static Chain of(List<Piece> pieces) {
    return new Chain(pieces.toArray(Piece[]::new));
  }

  /** A piece of a chain to be made. */
  public static Piece piece(Run rows) {
    return new Piece(rows);
  }

  /** The pieces in order. */
  public List<Piece> pieces() {
    return List.of(pieces);
  }

  Piece[] array() {
    return pieces;
  }

  public long rowCount() {
    return rowCount;
  }

  /** The sum of all weights. */
  public long weight() {
    return weight;
  }

  /** Bytes of memory that it takes now. */
  long residentBytes() {
    long bytes = 0;
    for (Piece piece : pieces) {
      bytes += piece.residentBytes();
    }
    return bytes;
  }

  boolean isSpilled() {
    for (Piece piece : pieces) {
      if (piece.isSpilled()) {
        return true;
      }
    }
    return false;
  }

  /** The first piece from {@code from} on whose last hash is at least {@code hash}. */
  int pieceReaching(long hash, int from) {
    int low = from;
    int high = pieces.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (pieces[middle].lastHash() < hash) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public String toString() {
    return "Chain" + Arrays.stream(pieces).map(Piece::rowCount).toList();
  }
}
