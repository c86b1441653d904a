package dev.freshet.demo.shop;

import java.util.concurrent.atomic.LongAdder;

/** What has been committed so far. Thread-safe. */
final class WorkloadCounters {
  private final LongAdder inserts = new LongAdder();
  private final LongAdder updates = new LongAdder();
  private final LongAdder deletes = new LongAdder();
  private final LongAdder transactions = new LongAdder();
  private final LongAdder rollbacks = new LongAdder();
  private final long startNanos = System.nanoTime();

  void committed(long insertCount, long updateCount, long deleteCount) {
    inserts.add(insertCount);
    updates.add(updateCount);
    deletes.add(deleteCount);
    transactions.increment();
  }

  void rolledBack() {
    rollbacks.increment();
  }

  WorkloadReport report() {
    return new WorkloadReport(
        inserts.sum(),
        updates.sum(),
        deletes.sum(),
        transactions.sum(),
        rollbacks.sum(),
        System.nanoTime() - startNanos);
  }
}
