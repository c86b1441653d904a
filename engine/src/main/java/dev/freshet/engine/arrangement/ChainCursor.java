package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;

/** Goes through a chain's rows in order, one piece at a time. One thread owns it. */
final class ChainCursor {
  private final Chain chain;
  private int piece = -1;
  private Batch batch;
  private long[] hashes = {};
  private int rowCount;

  /** The row of {@link #batch()} that comes next. */
  int row;

  ChainCursor(Chain chain, RowOrder order) {
    this.chain = chain;
    this.batch = Batch.empty(order.schema());
    nextPiece();
  }

  /** Whether the current piece has no row left; {@link #nextPiece} then goes on. */
  boolean isPieceDone() {
    return row == rowCount;
  }

  /** Whether the whole chain has no row left. */
  boolean isDone() {
    return row == rowCount && piece >= chain.array().length;
  }

  /** Goes to the first row of the next piece, if there is one. */
  void nextPiece() {
    piece++;
    row = 0;
    if (piece < chain.array().length) {
      Run rows = chain.array()[piece].rows();
      batch = rows.rows();
      hashes = rows.hashes();
      rowCount = rows.rowCount();
    } else {
      rowCount = 0;
    }
  }

  Chain chain() {
    return chain;
  }

  Batch batch() {
    return batch;
  }

  long hash() {
    return hashes[row];
  }

  long weight() {
    return batch.weight(row);
  }
}
