package dev.freshet.capture.trigger;

import dev.freshet.capture.SourceStatus;
import dev.freshet.capture.SourceStatus.SnapshotProgress;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How a source is doing. Safe for all threads. */
final class TriggerCounters {
  private final List<String> tables;
  private final Map<String, Long> rows = new TreeMap<>();
  private final Map<String, Long> refused = new TreeMap<>();
  private State state = State.CONNECTING;
  private String problem = "";
  private String lack = "";
  private int tablesDone;
  private long snapshotRows;
  private long delivered;
  private long acknowledged;
  private long lastMicros;

  TriggerCounters(List<String> tables) {
    this.tables = List.copyOf(tables);
  }

  /** Begins to read; with tables that are to be read whole, or without. */
  synchronized void reads(State next) {
    state = next;
    problem = "";
  }

  synchronized void stopped() {
    state = State.STOPPED;
  }

  synchronized void failed(State next, String message) {
    state = next;
    problem = message;
  }

  /** What does not stand as it should while the source goes on; empty for nothing. */
  synchronized void lacks(String message) {
    lack = message;
  }

  synchronized void delivered(ChangeSet changes) {
    for (TableChanges table : changes.tables()) {
      rows.merge(table.table(), (long) table.rowCount(), Long::sum);
      refused.merge(table.table(), (long) table.rejected().size(), Long::sum);
      for (int row = 0; row < table.rowCount(); row++) {
        snapshotRows += table.operations()[row] == Operation.SNAPSHOT.code() ? 1 : 0;
      }
    }
    lastMicros = Math.max(lastMicros, changes.sourceMicros());
  }

  synchronized void at(TriggerPosition position) {
    tablesDone = position.tables().size();
    delivered = position.deliveries();
  }

  synchronized void acknowledged(TriggerPosition position) {
    acknowledged = position.deliveries();
  }

  synchronized SourceStatus status() {
    long all = rows.values().stream().mapToLong(Long::longValue).sum();
    return new SourceStatus(
        state,
        Long.toString(delivered),
        Long.toString(acknowledged),
        0,
        all,
        0,
        lastMicros,
        new SnapshotProgress(tablesDone, tables.size(), snapshotRows, snapshotRows),
        problem.isEmpty() ? lack : problem,
        tables.stream()
            .map(table ->
                new SourceStatus.Table(
                    table, rows.getOrDefault(table, 0L), refused.getOrDefault(table, 0L), 0, -1))
            .toList());
  }
}
