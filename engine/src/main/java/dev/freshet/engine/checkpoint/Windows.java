package dev.freshet.engine.checkpoint;

import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Memory to read blocks into, used again and again: as much as the threads that read at once need.
 * Safe for all threads.
 */
final class Windows {
  private static final byte[] NONE = {};

  private final ConcurrentLinkedQueue<byte[]> free = new ConcurrentLinkedQueue<>();

  /** One that is not used now; empty when there is none. */
  byte[] take() {
    return Objects.requireNonNullElse(free.poll(), NONE);
  }

  /** Gives one back; nothing of what was read may name it any more. */
  void give(byte[] window) {
    if (window.length > 0 && window.length <= RunFile.WINDOW_BYTES) {
      free.add(window);
    }
  }
}
