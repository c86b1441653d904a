package dev.freshet.engine.checkpoint;

import java.util.Arrays;

/**
 * Where the blocks of a piece lie, by the hash of the first row of each: rows of some hashes can be
 * read without the others.
 *
 * @param firstHashes ascending; equal where the rows of one hash go on in the next block
 * @param starts where each block begins, in bytes from the beginning of the piece, and as the last
 *     one its length
 */
record BlockIndex(long[] firstHashes, long[] starts) {
  int count() {
    return firstHashes.length;
  }

  long length() {
    return starts[count()];
  }

  /**
   * The blocks in which rows of some hashes can lie, ascending.
   *
   * @param hashes ascending
   */
  int[] blocksOf(long[] hashes) {
    int[] blocks = new int[count()];
    int found = 0;
    int next = 0;
    for (long hash : hashes) {
      int block = Math.max(next, lastBefore(hash, next));
      while (block < count() && firstHashes[block] <= hash) {
        blocks[found++] = block++;
      }
      next = Math.max(next, block);
    }
    return Arrays.copyOf(blocks, found);
  }

  /** The last block from {@code from} on that begins before a hash; {@code from} when none does. */
  private int lastBefore(long hash, int from) {
    int low = from;
    int high = count();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (firstHashes[middle] < hash) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return Math.max(from, low - 1);
  }

  /**
   * Where blocks lie that follow each other.
   *
   * @param piece where the piece lies
   */
  RunFile.Position position(RunFile.Position piece, int first, int last) {
    return new RunFile.Position(
        piece.path(), piece.start() + starts[first], starts[last + 1] - starts[first]);
  }

  /** The end of the blocks from {@code first} on that take about so many bytes; at least one. */
  int end(int first, long bytes) {
    int end = first + 1;
    while (end < count() && starts[end + 1] - starts[first] <= bytes) {
      end++;
    }
    return end;
  }

  /** How many bytes some blocks take. */
  long bytes(int[] blocks) {
    long bytes = 0;
    for (int block : blocks) {
      bytes += starts[block + 1] - starts[block];
    }
    return bytes;
  }
}
