package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import java.util.Optional;

/** Where pieces of state go that memory has no room for. Safe for all threads. */
public interface Spill {
  /**
   * Writes a piece's rows; they can be read back at any time, as long as the place is held. Empty
   * when the disk is full: the rows then stay in memory.
   */
  Optional<Place> write(RowOrder order, Run rows);

  /**
   * Writes rows as they came. Empty when the disk is full.
   *
   * @param rows of the order's schema, with positive weights
   */
  Optional<UnsortedPlace> writeUnsorted(RowOrder order, Batch rows);

  /** Unsorted rows that lie on disk. */
  interface UnsortedPlace {
    /**
     * Reads the rows.
     *
     * @throws dev.freshet.core.error.FreshetException when the file is damaged or cannot be read
     */
    Batch read();

    Spill spill();
  }

  /** Rows that lie on disk. */
  interface Place {
    /**
     * Reads the rows.
     *
     * @throws dev.freshet.core.error.FreshetException when the file is damaged or cannot be read
     */
    Run read();

    /**
     * How many bytes would be read for the rows of some hashes alone.
     *
     * @param hashes ascending
     */
    long bytesOf(long[] hashes);

    /**
     * Reads the rows of some hashes, in order.
     *
     * @param hashes ascending
     * @throws dev.freshet.core.error.FreshetException when the file is damaged or cannot be read
     */
    Run read(long[] hashes);

    /**
     * Reads on from a row that a part begins with, so far as to hold little at a time.
     *
     * @param block 0 for the first rows, or where another part ended
     * @throws dev.freshet.core.error.FreshetException when the file is damaged or cannot be read
     */
    Part readPart(int block);

    Spill spill();
  }

  /**
   * Some rows of a piece, in order.
   *
   * @param end where the next part begins
   * @param isLast whether there is none
   */
  record Part(Run rows, int end, boolean isLast) {}

  /**
   * A piece's rows were read back. Keeps them in memory ({@link Piece#keep}) until others need the
   * room.
   */
  void wasRead(Piece piece, Run rows);

  /**
   * Whether memory has room for a piece that was just made and that no state holds yet, such as
   * that of a merge which is not done. It then counts as new state, and need not be written before
   * others need the room.
   */
  boolean takes(RowOrder order, Piece piece);

  /** About how many bytes one piece should have. */
  long pieceBytes();

  /** How many bytes of spilled pieces each of the threads that work at once should hold. */
  long windowBytes();
}
