package dev.freshet.runtime.system;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.serve.backend.Reconciled;
import dev.freshet.serve.backend.Reconciled.Table;
import dev.freshet.serve.backend.SystemStatus.ReconcileStatus;
import java.util.Optional;

/** What came of comparing one source, and whether that is going on. Safe for all threads. */
final class ReconciledSource {
  private final String name;
  private boolean isRunning; // guarded by this, as all below
  private long runs;
  private long failures;
  private long corrected;
  private ReconcileStatus last;

  ReconciledSource(String name) {
    this.name = name;
    this.last = new ReconcileStatus(name, false, 0, 0, 0, "", 0, 0, 0, 0, 0, "");
  }

  String name() {
    return name;
  }

  /**
   * @throws FreshetException when it is going on already
   */
  synchronized void begin() {
    if (isRunning) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot reconcile source " + name + ": that is being done already.");
    }
    isRunning = true;
  }

  synchronized void ended(Reconciled reconciled, long micros) {
    isRunning = false;
    runs++;
    corrected += reconciled.repair().map(Reconciled.Repair::corrected).orElse(0L);
    Reconciled.Comparison found = reconciled.last();
    last =
        new ReconcileStatus(
            name,
            false,
            runs,
            failures,
            micros,
            found.position(),
            found.step(),
            found.rows(),
            found.differences(),
            found.tables().stream().mapToLong(Table::notMatched).sum(),
            corrected,
            "");
  }

  synchronized void failed(String problem) {
    isRunning = false;
    failures++;
    last = last.failed(failures, problem);
  }

  /** Empty before the first. */
  synchronized Optional<ReconcileStatus> status() {
    return isRunning || runs + failures > 0
        ? Optional.of(isRunning ? last.running() : last)
        : Optional.empty();
  }
}
