package dev.freshet.capture.rows;

import dev.freshet.core.error.ErrorCode;

/**
 * A value, or a row, that does not fit. Thrown for each refused row, so without a stack trace;
 * never leaves the package.
 */
final class CellProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final String reason;

  CellProblem(ErrorCode code, String reason) {
    super(reason, null, false, false);
    this.code = code;
    this.reason = reason;
  }

  /** A value that is not of its type. */
  static CellProblem value(String reason) {
    return new CellProblem(ErrorCode.VALUE_INVALID, reason);
  }

  ErrorCode code() {
    return code;
  }

  String reason() {
    return reason;
  }
}
