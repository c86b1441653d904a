package dev.freshet.capture.rows;

/** Bytes that are no JSON; never leaves a decoder. */
public final class SyntaxProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String what;
  private final int at;

  /**
   * @param at the position of the first byte that does not belong
   */
  public SyntaxProblem(String what, int at) {
    super(what, null, false, false);
    this.what = what;
    this.at = at;
  }

  /** What is wrong, as a clause. */
  public String what() {
    return what;
  }

  public int at() {
    return at;
  }
}
