package dev.freshet.capture.http;

import dev.freshet.capture.rows.ByteBudget;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;

/** What nested values of one body that is a text may become. They take room like a body. */
final class BodyBudget implements ByteBudget {
  /** Room is taken in steps of at most so much: all requests share it. */
  private static final long STEP_BYTES = 64 << 10;

  private final long bytesMax;
  private final BinaryBodies.Room room;
  private long made;
  private long reserved;

  BodyBudget(long bytesMax, BinaryBodies.Room room) {
    this.bytesMax = bytesMax;
    this.room = room;
  }

  @Override
  public void make(long bytes) {
    made += bytes;
    if (made > bytesMax) {
      throw new FreshetException(
          ErrorCode.LIMIT_EXCEEDED,
          "Cannot take a body whose nested values take more than "
              + bytesMax
              + " bytes. Each field of a ROW takes some, those that are missing too. Send its rows in"
              + " several requests.");
    }
    if (made > reserved) {
      reserved = Math.min(bytesMax, made + Math.min(made, STEP_BYTES));
      room.reserve(reserved);
    }
  }
}
