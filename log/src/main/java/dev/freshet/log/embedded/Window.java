package dev.freshet.log.embedded;

import dev.freshet.core.port.Storage;

/** A part of a file in memory, read in blocks. One thread owns it. */
final class Window {
  private final Storage.File file;
  private final int blockBytes;
  private byte[] bytes = new byte[0];
  private long start;
  private int length;

  Window(Storage.File file, int blockBytes) {
    this.file = file;
    this.blockBytes = blockBytes;
  }

  /**
   * Makes {@code count} bytes from {@code position} on available and returns where in {@link
   * #bytes()} they begin, or -1 when the file ends before. Nothing at or behind {@code limit} is
   * kept: it may change yet.
   */
  int ensure(long position, int count, long limit) {
    if (position + count > limit) {
      return -1;
    }
    if (position < start || position + count > start + length) {
      int wanted = (int) Math.max(count, Math.min(blockBytes, limit - position));
      if (bytes.length < wanted) {
        bytes = new byte[wanted];
      }
      start = position;
      length = 0; // holds if the read fails
      length = file.read(position, bytes, 0, wanted);
      if (length < count) {
        return -1;
      }
    }
    return (int) (position - start);
  }

  byte[] bytes() {
    return bytes;
  }
}
