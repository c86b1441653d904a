package dev.freshet.capture.postgres;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The one fence that a capture has at a time, and what a fence has to know of the stream. */
final class Fences {
  /**
   * How many transactions are remembered. The server sends one a moment before others see it, or as
   * long as its backend waits for a standby; each backend can wait with one.
   */
  private static final int RECENT = 4096;

  private final AtomicReference<@Nullable StreamFence> current = new AtomicReference<>();

  /** Of the stream's task. */
  private final int[] recent = new int[RECENT];

  private long count;

  /** Makes a fence, or {@code null} when there is one. */
  @Nullable StreamFence tryOpen() {
    StreamFence fence = new StreamFence();
    return current.compareAndSet(null, fence) ? fence : null;
  }

  @Nullable StreamFence current() {
    return current.get();
  }

  void close(StreamFence fence) {
    current.compareAndSet(fence, null);
  }

  /** The stream's task, when it loses its connection. */
  void connectionLost() {
    StreamFence fence = current.get();
    if (fence != null) {
      fence.end("the source's connection was lost");
    }
  }

  /** The stream's task, of each transaction that it takes. */
  void taken(int transaction) {
    recent[(int) (count++ % RECENT)] = transaction;
  }

  int[] recent() {
    return Arrays.copyOf(recent, (int) Math.min(count, RECENT));
  }
}
