package dev.freshet.cli;

import dev.freshet.core.error.ErrorFamily;
import dev.freshet.core.error.FreshetException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Prints what went wrong. A user's or the environment's error is its message and code: a stack
 * trace would only hide it. A defect in Freshet comes with its stack trace, because whoever reports
 * it needs that.
 */
final class ErrorReport implements IExecutionExceptionHandler {
  static final int EXIT_FAILED = 1;

  /** As {@code sysexits.h} has it: an internal software error. */
  static final int EXIT_BUG = 70;

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    return report(failure, command.getErr());
  }

  static int report(Exception failure, PrintWriter err) {
    if (failure instanceof FreshetException known && known.code().family() != ErrorFamily.BUG) {
      err.println(known.getMessage() + " [" + known.code() + "]");
      return EXIT_FAILED;
    }
    err.println("This is a defect in Freshet. Please report it with what follows.");
    failure.printStackTrace(err);
    return EXIT_BUG;
  }
}
