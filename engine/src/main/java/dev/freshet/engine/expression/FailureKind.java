package dev.freshet.engine.expression;

/** Why a row could not be evaluated. */
enum FailureKind {
  OUT_OF_RANGE("the result does not fit the type"),
  DIVISION_BY_ZERO("division by zero"),
  NOT_CONVERTIBLE("the value is not a valid one of the type"),
  NEGATIVE_LENGTH("the length is negative"),
  INVALID_PATTERN("the pattern is not valid"),
  PATTERN_TOO_COSTLY("matching the pattern takes too many steps"),
  INVALID_ARGUMENT("an argument is out of its range"),
  NULL_KEY("a key of a map is NULL"),
  EXCEPTION("the function failed"),
  TOO_LONG("the result is longer than the limit of 16 MiB"),
  /** A whole sentence. */
  MANY_ROWS("Cannot use a sub-query as a value: it gives more than one row.");

  private final String text;

  FailureKind(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }
}
