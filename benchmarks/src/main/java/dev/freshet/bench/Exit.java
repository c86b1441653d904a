package dev.freshet.bench;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.PrintStream;

/** Exit codes, and how a failure is told. */
final class Exit {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;

  /** Nothing failed, and something could not run here: neither passed nor failed. */
  static final int NOT_RUN = 3;

  private Exit() {}

  /**
   * Prints a wrong option in one line and anything else with its stack trace; answers the exit
   * code.
   */
  static int explain(Exception failure, PrintStream err) {
    if (failure instanceof FreshetException known && known.code() == ErrorCode.REQUEST_INVALID) {
      err.println(known.getMessage());
      return USAGE;
    }
    failure.printStackTrace(err);
    return FAILED;
  }
}
