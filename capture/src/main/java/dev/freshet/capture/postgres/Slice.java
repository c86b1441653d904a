package dev.freshet.capture.postgres;

/** What one COPY of a snapshot reads: a table's rows in a range of its pages. */
record Slice(SnapshotPlan.Part part, PageRange range) {
  String copyStatement() {
    return part.copyStatement(range.condition());
  }

  int relation() {
    return part.shape().relation();
  }
}
