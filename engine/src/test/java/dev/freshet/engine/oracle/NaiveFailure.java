package dev.freshet.engine.oracle;

/** A row that cannot be evaluated. */
public final class NaiveFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String label;

  NaiveFailure(String label) {
    super(label + " failed");
    this.label = label;
  }

  /** The function, CAST or TRY_CAST that failed. */
  public String label() {
    return label;
  }
}
