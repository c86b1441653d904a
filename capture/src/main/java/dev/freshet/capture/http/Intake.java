package dev.freshet.capture.http;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;

/** The room that one body takes while it comes in and until it is answered. One thread owns it. */
public final class Intake implements AutoCloseable {
  private final int bytesMax;
  private final WaitingBytes waiting;
  private long taken;

  Intake(int bytesMax, WaitingBytes waiting) {
    this.bytesMax = bytesMax;
    this.waiting = waiting;
  }

  /** Bytes that a body may have. */
  public int bytesMax() {
    return bytesMax;
  }

  /**
   * Takes room for a body of this length in all.
   *
   * @throws FreshetException {@link ErrorCode#LIMIT_EXCEEDED}, {@link ErrorCode#OVERLOADED}
   */
  public void reserve(long bytes) {
    if (bytes > bytesMax) {
      throw new FreshetException(
          ErrorCode.LIMIT_EXCEEDED,
          "Cannot take a body of more than "
              + bytesMax
              + " bytes. Send its rows in several requests, or raise max-request-bytes of the"
              + " source.");
    }
    if (bytes > taken) {
      waiting.take(bytes - taken);
      taken = bytes;
    }
  }

  @Override
  public void close() {
    waiting.give(taken);
    taken = 0;
  }
}
