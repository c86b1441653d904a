package dev.freshet.files;

import dev.freshet.capture.rows.ByteBudget;
import dev.freshet.capture.rows.CellProblem;
import dev.freshet.core.error.ErrorCode;

/** What nested values of the rows that are read of a file at once may become. */
final class BatchBudget implements ByteBudget {
  /** So the rows fit into a record of the log, 64 MiB, together with their texts. */
  static final int BYTES_MAX = 32 << 20;

  private long made;

  @Override
  public void make(long bytes) {
    made += bytes;
    if (made > BYTES_MAX) {
      throw new CellProblem(
          ErrorCode.LIMIT_EXCEEDED,
          "with the rows around it, it stands for nested values of more than "
              + BYTES_MAX
              + " bytes");
    }
  }
}
