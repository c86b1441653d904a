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
   * Reads and checks all blocks, and keeps no row of them.
   *
   * @throws dev.freshet.core.error.FreshetException when a checksum differs
   */
  Piece.Facts check(Storage.File file) {
    // What is read is not checked yet, so the number of rows is not to be trusted with memory.
    long[] hashes = new long[(int) Math.min(rowCount, position.length() / Long.BYTES)];
    int rows = 0;
    long weight = 0;
    long least = Long.MAX_VALUE;
    byte[] payload = {};
    long end = position.start() + position.length();
    for (long at = position.start(); at < end; at += RunFile.BLOCK_HEADER_BYTES + payload.length) {
      payload = payload(file, at, end);
      ByteReader in = new ByteReader(payload, 0, payload.length);
      int count = in.readInt();
      if (count > 0) {
        long[] some = in.readLongs(count);
        if (rows + count > hashes.length) {
          hashes = Arrays.copyOf(hashes, rows + count);
        }
        System.arraycopy(some, 0, hashes, rows, count);
      }
      BatchCodec.Weights weights = BatchCodec.readWeights(in);
      weight += weights.sum();
      least = Math.min(least, weights.least());
      rows += weights.rowCount();
    }
    if (rows != rowCount || (sorting == Sorting.SORTED && rows > hashes.length)) {
      throw RunFile.damaged(
          position.path(), position.start(), rows + " rows instead of " + rowCount);
    }
    boolean sorted = sorting == Sorting.SORTED;
    return new Piece.Facts(
        rows,
        sorted ? hashes[0] : 0,
        sorted ? hashes[rows - 1] : 0,
        weight,
        least < 0,
        position.length(),
        KeyFilter.of(hashes, sorted ? rows : 0));
  }

  private byte[] payload(Storage.File file, long at, long end) {
    byte[] head = RunFile.bytes(file, position.path(), at, RunFile.BLOCK_HEADER_BYTES);
    ByteReader in = new ByteReader(head, 0, head.length);
    int size = in.readInt();
    int crc = in.readInt();
    if (size < 4 || size > end - at - RunFile.BLOCK_HEADER_BYTES) {
      throw RunFile.damaged(position.path(), at, "a block of " + size + " bytes");
    }
    byte[] payload = RunFile.bytes(file, position.path(), at + RunFile.BLOCK_HEADER_BYTES, size);
    if (RunFile.crc(payload, size) != crc) {
      throw RunFile.damaged(position.path(), at, "a checksum differs");
    }
    return payload;
  }
}
