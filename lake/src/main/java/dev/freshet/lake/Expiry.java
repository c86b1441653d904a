package dev.freshet.lake;

import dev.freshet.lake.catalog.DirectExecutor;
import dev.freshet.lake.catalog.StagedTable;
import org.apache.iceberg.Snapshot;

/** Forgets old snapshots, so that metadata does not grow for ever. */
final class Expiry {
  /** Snapshots past the limit before some are expired, so that it is not done at each publish. */
  private static final int SLACK = 20;

  private Expiry() {}

  static void run(StagedTable table, int retained) {
    Snapshot current = table.current().currentSnapshot();
    if (current == null || table.current().snapshots().size() < retained + SLACK) {
      return;
    }
    table
        .table()
        .expireSnapshots()
        .expireOlderThan(current.timestampMillis() + 1)
        .retainLast(retained)
        .planWith(DirectExecutor.INSTANCE)
        .executeDeleteWith(DirectExecutor.INSTANCE)
        .commit();
  }
}
