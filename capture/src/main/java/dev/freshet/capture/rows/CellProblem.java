package dev.freshet.capture.rows;

import dev.freshet.core.error.ErrorCode;

/**
 * A value, or a row, that does not fit. Thrown for each refused row, so without a stack trace;
 * never leaves a decoder.
 */
public final class CellProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why a reason says less than it could. */
  static final String WHY = ", since the table has masks";

  private final ErrorCode code;
  private final String reason;
  private final boolean isPlain;

  /** With a reason that may quote what came. */
  public CellProblem(ErrorCode code, String reason) {
    this(code, reason, false);
  }

  private CellProblem(ErrorCode code, String reason, boolean isPlain) {
    super(reason, null, false, false);
    this.code = code;
    this.reason = reason;
    this.isPlain = isPlain;
  }

  /** With a reason that quotes nothing of what came, so that it is shown for masked tables too. */
  static CellProblem plain(ErrorCode code, String reason) {
    return new CellProblem(code, reason, true);
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

  /** The reason, or what takes its place where no value may be quoted. */
  String reasonWithoutValues() {
    return isPlain ? reason : "the row does not fit; what does not is not shown" + WHY;
  }
}
