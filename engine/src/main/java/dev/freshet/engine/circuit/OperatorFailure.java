package dev.freshet.engine.circuit;

import dev.freshet.core.error.ErrorFamily;
import dev.freshet.core.error.FreshetException;

/** An operator is broken: a defect, or memory that ran out, rather than a row, or the disk. */
public final class OperatorFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Node operator;
  private final Throwable reason;

  OperatorFailure(Node operator, Throwable reason) {
    super("operator " + operator.id() + " " + operator.operator() + " failed: " + reason, reason);
    this.operator = operator;
    this.reason = reason;
  }

  /** Whether what an operator threw is its own fault. */
  public static boolean isOf(Throwable reason) {
    return !(reason instanceof FreshetException known) || known.code().family() == ErrorFamily.BUG;
  }

  public Node operator() {
    return operator;
  }

  /** What the operator threw. */
  public Throwable reason() {
    return reason;
  }
}
