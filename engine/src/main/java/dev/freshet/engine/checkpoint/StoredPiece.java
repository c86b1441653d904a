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
 * Some blocks of a run in a file, of about the size of a piece, that lie one behind the other and
 * were checked.
 *
 * @param blocks of sorted rows
 */
record StoredPiece(
    RunFile.Position position, Sorting sorting, Piece.Facts facts, BlockIndex blocks) {
  /** Blocks are put together to pieces of so many bytes or rows. */
  private static final long PIECE_BYTES = 2 << 20;

  private static final int PIECE_ROWS = 1 << 16;

  enum Sorting {
    SORTED,
    UNSORTED
  }

  /**
   * Reads and checks all blocks of a run, and keeps no row of them. Unsorted rows are one piece.
   *
   * @throws dev.freshet.core.error.FreshetException when the run is damaged
   */
  static List<StoredPiece> of(Storage.File file, RunFile.Position run) {
    List<StoredPiece> pieces = new ArrayList<>();
    BlockReader reader = new BlockReader(file, run);
    while (reader.hasNext()) {
      Builder piece = new Builder(run.path(), reader.at());
      while (reader.hasNext() && !piece.isFull(reader.at())) {
        long at = reader.at();
        piece.add(at, reader.next());
      }
      pieces.add(piece.build(reader.at()));
    }
    return pieces;
  }

  /** Collects what is known of a piece, block by block. One thread owns it. */
  private static final class Builder {
    private final String path;
    private final long start;
    private long[] firstHashes = new long[16];
    private long[] starts = new long[17];
    private int blocks;
    private long[] hashes = {};
    private boolean sorted;
    private int rows;
    private long weight;
    private long least = Long.MAX_VALUE;

    Builder(String path, long start) {
      this.path = path;
      this.start = start;
    }

    boolean isFull(long at) {
      return sorted && (at - start >= PIECE_BYTES || rows >= PIECE_ROWS);
    }

    /**
     * @param at where the block begins
     * @param payload whose checksum was right
     */
    void add(long at, ByteReader payload) {
      int stored = payload.readInt();
      int count = Math.abs(stored);
      if (blocks == 0) {
        sorted = stored > 0;
      }
      if (sorted != stored > 0) {
        throw RunFile.damaged(path, at, "sorted rows beside others");
      }
      if (blocks == firstHashes.length) {
        firstHashes = Arrays.copyOf(firstHashes, 2 * blocks);
        starts = Arrays.copyOf(starts, 2 * blocks + 1);
      }
      if (sorted) {
        long[] some = payload.readLongs(count);
        if (rows + count > hashes.length) {
          hashes = Arrays.copyOf(hashes, Math.max(rows + count, 2 * hashes.length));
        }
        System.arraycopy(some, 0, hashes, rows, count);
        firstHashes[blocks] = some[0];
      }
      starts[blocks++] = at - start;
      BatchCodec.Weights weights = BatchCodec.readWeights(payload);
      if (weights.rowCount() != count) {
        throw RunFile.damaged(path, at, weights.rowCount() + " rows instead of " + count);
      }
      weight += weights.sum();
      least = Math.min(least, weights.least());
      rows = Math.addExact(rows, count);
    }

    StoredPiece build(long end) {
      starts[blocks] = end - start;
      Piece.Facts facts =
          new Piece.Facts(
              rows,
              sorted ? hashes[0] : 0,
              sorted ? hashes[rows - 1] : 0,
              weight,
              least < 0,
              end - start,
              KeyFilter.of(hashes, sorted ? rows : 0));
      return new StoredPiece(
          new RunFile.Position(path, start, end - start),
          sorted ? Sorting.SORTED : Sorting.UNSORTED,
          facts,
          new BlockIndex(Arrays.copyOf(firstHashes, blocks), Arrays.copyOf(starts, blocks + 1)));
    }
  }
}
