package dev.freshet.capture.http;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** The bytes of bodies, unpacked, that came and are not answered. Safe for all threads. */
final class WaitingBytes {
  private final long max;
  private final AtomicLong waiting = new AtomicLong();
  private final LongAdder refused = new LongAdder();

  WaitingBytes(long max) {
    this.max = max;
  }

  long waiting() {
    return waiting.get();
  }

  /** Requests refused because too much waits, here or behind. */
  LongAdder refused() {
    return refused;
  }

  /**
   * @throws FreshetException {@link ErrorCode#OVERLOADED}; then nothing is taken
   */
  void take(long bytes) {
    long now = waiting.addAndGet(bytes);
    if (now > max) {
      waiting.addAndGet(-bytes);
      refused.increment();
      throw new FreshetException(
          ErrorCode.OVERLOADED,
          "Cannot take more now: "
              + (now - bytes)
              + " bytes wait for the disk, and "
              + max
              + " may. Send the request again a little later, and fewer at once.");
    }
  }

  void give(long bytes) {
    waiting.addAndGet(-bytes);
  }
}
