package dev.freshet.engine.checkpoint;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.port.Storage;

/** Goes through blocks that lie one behind the other, and checks each. One thread owns it. */
final class BlockReader {
  /** Room for one block that is somewhat larger than the others. */
  private static final int WINDOW_BYTES_LEAST = RunFile.BLOCK_BYTES * 5 / 4;

  private final Storage.File file;
  private RunFile.Position position;

  /** The file's bytes from {@link #windowStart} on. */
  private byte[] window;

  private long windowStart;
  private int windowBytes;
  private long at;

  BlockReader(Storage.File file, RunFile.Position position) {
    this(file, position, new byte[0]);
  }

  /**
   * @param window is read into, or a larger one is made
   */
  BlockReader(Storage.File file, RunFile.Position position, byte[] window) {
    this.window = window;
    this.file = file;
    this.position = position;
    this.at = position.start();
    this.windowStart = at;
  }

  /** Goes on with other blocks of the file. */
  void moveTo(RunFile.Position blocks) {
    position = blocks;
    at = blocks.start();
    windowStart = at;
    windowBytes = 0;
  }

  boolean hasNext() {
    return at < position.end();
  }

  /** What was read into last; this reader must not be used any more then. */
  byte[] window() {
    return window;
  }

  /** Where the next block begins in the file. */
  long at() {
    return at;
  }

  /**
   * The payload of the next block; valid until the next call.
   *
   * @throws dev.freshet.core.error.FreshetException when the block is damaged
   */
  ByteReader next() {
    int head = require(RunFile.BLOCK_HEADER_BYTES);
    ByteReader in = new ByteReader(window, head, RunFile.BLOCK_HEADER_BYTES);
    int size = in.readInt();
    int crc = in.readInt();
    if (size < 4
        || size > RunFile.MAX_BLOCK_BYTES
        || size > position.end() - at - RunFile.BLOCK_HEADER_BYTES) {
      throw RunFile.damaged(position.path(), at, "a block of " + size + " bytes");
    }
    int start = require(RunFile.BLOCK_HEADER_BYTES + size) + RunFile.BLOCK_HEADER_BYTES;
    if (RunFile.crc(window, start, size) != crc) {
      throw RunFile.damaged(position.path(), at, "a checksum differs");
    }
    at += RunFile.BLOCK_HEADER_BYTES + size;
    return new ByteReader(window, start, size);
  }

  /** Makes sure that so many bytes are in the window; returns where in it they begin. */
  private int require(int bytes) {
    if (at + bytes > windowStart + windowBytes) {
      long left = Math.max(bytes, position.end() - at);
      int wanted = (int) Math.min(left, Math.max(bytes, RunFile.WINDOW_BYTES));
      if (wanted > window.length) {
        window = new byte[Math.max(wanted, WINDOW_BYTES_LEAST)];
      }
      windowStart = at;
      windowBytes = file.read(at, window, 0, wanted);
      if (windowBytes < bytes) {
        throw RunFile.damaged(position.path(), at, "it ends early");
      }
    }
    return (int) (at - windowStart);
  }
}
