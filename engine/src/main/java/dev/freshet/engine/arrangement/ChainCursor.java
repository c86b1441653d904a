package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a chain's rows in order, a stretch of them at a time: a piece, or a part of one that
 * lies on disk. One thread owns it.
 */
final class ChainCursor {
  private final Chain chain;

  /** The next piece. */
  private int piece;

  /** Where the piece that is read in parts lies; {@code null} when none is. */
  private Spill.@Nullable Place place;

  private int nextPart;
  private Batch batch;
  private long[] hashes = {};
  private int rowCount;

  /** The row of {@link #batch()} that comes next. */
  int row;

  ChainCursor(Chain chain, RowOrder order) {
    this.chain = chain;
    this.batch = Batch.empty(order.schema());
    nextStretch();
  }

  /** Whether the current stretch has no row left; {@link #nextStretch} then goes on. */
  boolean isStretchDone() {
    return row == rowCount;
  }

  /** Whether the whole chain has no row left. */
  boolean isDone() {
    return row == rowCount && place == null && piece >= chain.array().length;
  }

  /** Goes to the first row of the next stretch, if there is one. */
  void nextStretch() {
    row = 0;
    if (place == null && piece < chain.array().length) {
      Piece next = chain.array()[piece++];
      place = next.placeOnDiskOnly();
      nextPart = 0;
      if (place == null) {
        enter(next.rows());
        return;
      }
    }
    if (place == null) {
      rowCount = 0;
      return;
    }
    Spill.Part part = place.readPart(nextPart);
    enter(part.rows());
    nextPart = part.end();
    place = part.isLast() ? null : place;
  }

  private void enter(Run rows) {
    batch = rows.rows();
    hashes = rows.hashes();
    rowCount = rows.rowCount();
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
