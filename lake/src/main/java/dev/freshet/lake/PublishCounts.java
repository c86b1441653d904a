package dev.freshet.lake;

import dev.freshet.lake.parquet.WrittenFile;

/** Adds up what one publish does. */
final class PublishCounts {
  private int tables;
  private long rowsWritten;
  private long rowsDeleted;
  private long bytesWritten;

  void changedTable() {
    tables++;
  }

  void wrote(WrittenFile file) {
    rowsWritten += file.rows();
    bytesWritten += file.bytes();
  }

  void deleted(long rows) {
    rowsDeleted += rows;
  }

  PublishReport report(long step) {
    return new PublishReport(step, tables, rowsWritten, rowsDeleted, bytesWritten);
  }
}
