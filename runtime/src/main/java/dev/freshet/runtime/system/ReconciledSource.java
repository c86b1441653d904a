package dev.freshet.runtime.system;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.serve.backend.Reconciled;
import dev.freshet.serve.backend.Reconciled.Outcome;
import dev.freshet.serve.backend.Reconciled.Table;
import dev.freshet.serve.backend.SystemStatus.ReconcileStatus;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** What came of comparing one source, and whether that is going on. Safe for all threads. */
final class ReconciledSource {
  private final String name;
  private boolean isRunning; // guarded by this, as all below
  private long runs;
  private long failures;
  private long corrected;
  private boolean isLastFailed;
  private ReconcileStatus last;

  /** By their names, of all runs: one may compare only some. */
  private final Map<String, Table> compared = new LinkedHashMap<>();

  /** Why, of those that could not be compared the last time. */
  private final Map<String, String> unreadable = new LinkedHashMap<>();

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
    isLastFailed = false;
    runs++;
    Reconciled.Comparison found = reconciled.last();
    for (Table table : found.tables()) {
      if (table.outcome() == Outcome.UNREADABLE) {
        unreadable.put(table.name(), table.note());
      } else {
        unreadable.remove(table.name());
        compared.put(table.name(), table);
      }
    }
    last = found(micros, found.position(), found.step());
  }

  private ReconcileStatus found(long micros, String position, long step) {
    return new ReconcileStatus(
        name,
        false,
        runs,
        failures,
        micros,
        position,
        step,
        sum(Table::sourceRows),
        sum(Table::differences),
        sum(Table::notMatched),
        corrected,
        unreadable.entrySet().stream()
            .map(each -> "table " + each.getKey() + ": " + each.getValue())
            .collect(Collectors.joining(" ")));
  }

  /** Forgets what was found of tables that the source has no more. */
  synchronized void retain(Collection<String> tables) {
    boolean isLess = compared.keySet().retainAll(tables);
    isLess |= unreadable.keySet().retainAll(tables);
    if (isLess) {
      ReconcileStatus found = found(last.atMicros(), last.position(), last.step());
      last = isLastFailed ? found.failed(failures, corrected, last.problem()) : found;
    }
  }

  /** Of all tables, each as it was found last. */
  private long sum(ToLongFunction<Table> value) {
    return compared.values().stream().mapToLong(value).sum();
  }

  /** While it is going on, and however it ends. */
  synchronized void corrected(long rows) {
    corrected += rows;
  }

  synchronized void failed(String problem) {
    isRunning = false;
    isLastFailed = true;
    failures++;
    last = last.failed(failures, corrected, problem);
  }

  /** Empty before the first. */
  synchronized Optional<ReconcileStatus> status() {
    return isRunning || runs + failures > 0
        ? Optional.of(isRunning ? last.running() : last)
        : Optional.empty();
  }
}
