package dev.freshet.demo.shop;

/**
 * What a workload has committed.
 *
 * @param inserts rows inserted
 * @param updates rows updated
 * @param deletes rows deleted
 * @param transactions committed ones
 * @param rollbacks transactions that were rolled back on purpose; their rows are not counted
 * @param elapsedNanos since the workload started
 */
public record WorkloadReport(
    long inserts,
    long updates,
    long deletes,
    long transactions,
    long rollbacks,
    long elapsedNanos) {

  public long rowChanges() {
    return inserts + updates + deletes;
  }

  public double rowChangesPerSecond() {
    return elapsedNanos == 0 ? 0 : rowChanges() * 1e9 / elapsedNanos;
  }
}
