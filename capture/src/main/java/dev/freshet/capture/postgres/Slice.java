package dev.freshet.capture.postgres;

/**
 * What one COPY of a snapshot reads: a table's rows in a range of its pages, or by their keys.
 *
 * @param keys a condition in SQL; empty for all in the range
 */
record Slice(SnapshotPlan.Part part, PageRange range, String keys) {
  private static final PageRange NO_PAGES = new PageRange(0, 0);

  Slice(SnapshotPlan.Part part, PageRange range) {
    this(part, range, "");
  }

  static Slice ofKeys(SnapshotPlan.Part part, String keys) {
    return new Slice(part, NO_PAGES, keys);
  }

  String copyStatement() {
    return part.copyStatement(keys.isEmpty() ? range.condition() : keys);
  }

  /** Whether it need not be read again after a crash. */
  boolean isKept() {
    return keys.isEmpty() && part.isKept();
  }

  int relation() {
    return part.shape().relation();
  }
}
