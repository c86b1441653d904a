package dev.freshet.engine.checkpoint;

import dev.freshet.core.batch.BatchCodec;
import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.port.Storage;
import dev.freshet.engine.arrangement.KeyFilter;
import dev.freshet.engine.arrangement.Piece;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Some blocks of a run in a file, of about the size of a piece, that lie one behind the other.
 *
 * @param rowCount as the blocks say; not checked yet
 */
record StoredPiece(RunFile.Position position, int rowCount, Sorting sorting) {
  /** Blocks are put together to pieces of so many bytes or rows. */
  private static final long PIECE_BYTES = 2 << 20;

  private static final int PIECE_ROWS = 1 << 16;

  enum Sorting {
    SORTED,
    UNSORTED
  }

  /**
   * Finds the pieces of a run by going from one block's header to the next.
   *
   * @throws dev.freshet.core.error.FreshetException when the headers show damage
   */
  static List<StoredPiece> of(Storage.File file, RunFile.Position run) {
    List<StoredPiece> pieces = new ArrayList<>();
    long end = run.start() + run.length();
    long from = run.start();
    long at = from;
    long rows = 0;
    boolean unsorted = false;
    while (at < end) {
      byte[] head = RunFile.bytes(file, run.path(), at, RunFile.BLOCK_HEADER_BYTES + 4);
      ByteReader in = new ByteReader(head, 0, head.length);
      int size = in.readInt();
      in.readInt();
      int blockRows = in.readInt();
      if (size < 4 || size > RunFile.MAX_BLOCK_BYTES || size > end - at) {
        throw RunFile.damaged(run.path(), at, "a block of " + size + " bytes");
      }
      unsorted |= blockRows < 0;
      rows += Math.abs((long) blockRows);
      at += RunFile.BLOCK_HEADER_BYTES + size;
      boolean full = !unsorted && (at - from >= PIECE_BYTES || rows >= PIECE_ROWS);
      if (full || at >= end) {
        RunFile.Position position = new RunFile.Position(run.path(), from, at - from);
        if (rows > Integer.MAX_VALUE) {
          throw RunFile.damaged(run.path(), from, "blocks of " + rows + " rows");
        }
        pieces.add(
            new StoredPiece(position, (int) rows, unsorted ? Sorting.UNSORTED : Sorting.SORTED));
        from = at;
        rows = 0;
      }
    }
    if (at != end) {
      throw RunFile.damaged(run.path(), end, "a run ends within a block");
    }
    return pieces;
  }

  /**
   * What is known of a piece that was checked.
   *
   * @param blocks of sorted rows
   */
  record Checked(Piece.Facts facts, BlockIndex blocks) {}

  /**
   * Reads and checks all blocks, and keeps no row of them.
   *
   * @throws dev.freshet.core.error.FreshetException when a checksum differs
   */
  Checked check(Storage.File file) {
    // What is read is not checked yet, so the number of rows is not to be trusted with memory.
    long[] hashes = new long[(int) Math.min(rowCount, position.length() / Long.BYTES)];
    long[] firstHashes = new long[16];
    long[] starts = new long[17];
    int blocks = 0;
    int rows = 0;
    long weight = 0;
    long least = Long.MAX_VALUE;
    BlockReader reader = new BlockReader(file, position);
    while (reader.hasNext()) {
      if (blocks == firstHashes.length) {
        firstHashes = Arrays.copyOf(firstHashes, 2 * blocks);
        starts = Arrays.copyOf(starts, 2 * blocks + 1);
      }
      starts[blocks] = reader.at() - position.start();
      ByteReader in = reader.next();
      int count = in.readInt();
      if (count > 0) {
        long[] some = in.readLongs(count);
        if (rows + count > hashes.length) {
          hashes = Arrays.copyOf(hashes, rows + count);
        }
        System.arraycopy(some, 0, hashes, rows, count);
        firstHashes[blocks] = some[0];
      }
      blocks++;
      BatchCodec.Weights weights = BatchCodec.readWeights(in);
      weight += weights.sum();
      least = Math.min(least, weights.least());
      rows += weights.rowCount();
    }
    starts[blocks] = position.length();
    if (rows != rowCount || (sorting == Sorting.SORTED && rows > hashes.length)) {
      throw RunFile.damaged(
          position.path(), position.start(), rows + " rows instead of " + rowCount);
    }
    boolean sorted = sorting == Sorting.SORTED;
    Piece.Facts facts =
        new Piece.Facts(
            rows,
            sorted ? hashes[0] : 0,
            sorted ? hashes[rows - 1] : 0,
            weight,
            least < 0,
            position.length(),
            KeyFilter.of(hashes, sorted ? rows : 0));
    return new Checked(
        facts,
        new BlockIndex(Arrays.copyOf(firstHashes, blocks), Arrays.copyOf(starts, blocks + 1)));
  }
}
