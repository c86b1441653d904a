package dev.freshet.engine.checkpoint;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchCodec;
import dev.freshet.core.batch.ByteReader;
import dev.freshet.engine.arrangement.KeyFilter;
import dev.freshet.engine.arrangement.Piece;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.checkpoint.StoredPiece.Sorting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts the blocks of one run, in their order, into pieces, and collects what is known of each. One
 * thread owns it.
 */
final class PieceCutter {
  /** Blocks are put together to pieces of so many bytes or rows. */
  private static final long PIECE_BYTES = 2 << 20;

  private static final int PIECE_ROWS = 1 << 16;

  private final String path;
  private final List<StoredPiece> pieces = new ArrayList<>();
  private long start;
  private long[] firstHashes = new long[16];
  private long[] starts = new long[17];
  private int blocks;
  private long[] hashes = {};
  private boolean sorted;
  private int rows;
  private long weight;
  private long least = Long.MAX_VALUE;

  PieceCutter(String path) {
    this.path = path;
  }

  /**
   * Adds a block that was read.
   *
   * @param at where the block begins in the file
   * @param payload whose checksum was right
   */
  void add(long at, ByteReader payload) {
    int stored = payload.readInt();
    int count = Math.abs(stored);
    begin(at, stored > 0);
    if (sorted) {
      addHashes(payload.readLongs(count), 0, count);
    }
    BatchCodec.Weights weights = BatchCodec.readWeights(payload);
    if (weights.rowCount() != count) {
      throw RunFile.damaged(path, at, weights.rowCount() + " rows instead of " + count);
    }
    add(count, weights.sum(), weights.least());
  }

  /** Adds a block of the rows {@code from} to {@code to} of a run. */
  void add(long at, Run run, int from, int to) {
    begin(at, true);
    addHashes(run.hashes(), from, to - from);
    add(run.rows(), from, to);
  }

  /** Adds a block of unsorted rows. */
  void addUnsorted(long at, Batch block) {
    begin(at, false);
    add(block, 0, block.rowCount());
  }

  private void add(Batch batch, int from, int to) {
    long sum = 0;
    long smallest = Long.MAX_VALUE;
    for (int row = from; row < to; row++) {
      sum += batch.weight(row);
      smallest = Math.min(smallest, batch.weight(row));
    }
    add(to - from, sum, smallest);
  }

  private void add(int count, long sum, long smallest) {
    rows = Math.addExact(rows, count);
    weight += sum;
    least = Math.min(least, smallest);
  }

  private void begin(long at, boolean isSorted) {
    if (blocks > 0 && sorted != isSorted) {
      throw RunFile.damaged(path, at, "sorted rows beside others");
    }
    if (blocks > 0 && sorted && (at - start >= PIECE_BYTES || rows >= PIECE_ROWS)) {
      cut(at);
    }
    if (blocks == 0) {
      sorted = isSorted;
      start = at;
    }
    if (blocks == firstHashes.length) {
      firstHashes = Arrays.copyOf(firstHashes, 2 * blocks);
      starts = Arrays.copyOf(starts, 2 * blocks + 1);
    }
    starts[blocks++] = at - start;
  }

  private void addHashes(long[] some, int from, int count) {
    if (rows + count > hashes.length) {
      hashes = Arrays.copyOf(hashes, Math.max(rows + count, 2 * hashes.length));
    }
    System.arraycopy(some, from, hashes, rows, count);
    firstHashes[blocks - 1] = some[from];
  }

  private void cut(long end) {
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
    pieces.add(
        new StoredPiece(
            new RunFile.Position(path, start, end - start),
            sorted ? Sorting.SORTED : Sorting.UNSORTED,
            facts,
            new BlockIndex(Arrays.copyOf(firstHashes, blocks), Arrays.copyOf(starts, blocks + 1))));
    Arrays.fill(firstHashes, 0);
    blocks = 0;
    rows = 0;
    weight = 0;
    least = Long.MAX_VALUE;
  }

  /**
   * @param at where the last block ends
   */
  List<StoredPiece> end(long at) {
    if (blocks > 0) {
      cut(at);
    }
    return pieces;
  }
}
