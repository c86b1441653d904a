package dev.freshet.capture.rows;

import dev.freshet.core.error.ErrorCode;

/**
 * A value, or a row, that does not fit. Thrown for each refused row, so without a stack trace;
 * never leaves a decoder.
 */
public final class CellProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final String reason;

  public CellProblem(ErrorCode code, String reason) {
    super(reason, null, false, false);
    this.code = code;
    this.reason = reason;
  }

  /** A value that is not of its type. */
  public static CellProblem value(String reason) {
    return new CellProblem(ErrorCode.VALUE_INVALID, reason);
  }

  public ErrorCode code() {
    return code;
  }

  public String reason() {
    return reason;
  }
}
