package dev.freshet.capture.poll;

import dev.freshet.capture.SourceStatus;
import dev.freshet.capture.SourceStatus.SnapshotProgress;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How a polled source is doing. Safe for all threads. */
final class PollCounters {
  private final List<String> tables;
  private final Map<String, Long> rows = new TreeMap<>();
  private final Map<String, Long> refused = new TreeMap<>();
  private final Map<String, String> marks = new TreeMap<>();
  private final Map<String, String> problems = new TreeMap<>();
  private State state = State.CONNECTING;
  private int tablesDone;
  private long acknowledged;
  private long lastMicros;

  PollCounters(List<String> tables) {
    this.tables = List.copyOf(tables);
  }

  synchronized void enter(State next) {
    state = next;
  }

  synchronized void connecting(boolean isConnecting) {
    state = isConnecting && problems.isEmpty() ? State.CONNECTING : state;
  }

  /**
   * Asks for a table.
   *
   * @param isFirst whether it was never read
   */
  synchronized void asks(boolean isFirst) {
    if (problems.isEmpty()) {
      state = isFirst ? State.SNAPSHOT : State.STREAMING;
    }
  }

  /** A table's answer is delivered. */
  synchronized void ended(String table, String mark) {
    marks.put(table, mark);
    problems.remove(table);
    problems.remove("");
    if (problems.isEmpty()) {
      state = State.STREAMING;
    }
  }

  /** A table is not asked for now, so nothing is wrong with it. */
  synchronized void leftAlone(String table) {
    if (problems.remove(table) != null && problems.isEmpty()) {
      state = State.STREAMING;
    }
  }

  /**
   * A table has no answer.
   *
   * @param table {@code null} where it is not a table that failed
   */
  synchronized void failed(@Nullable String table, State next, String message) {
    state = next;
    problems.put(table == null ? "" : table, message);
  }

  synchronized void delivered(ChangeSet changes) {
    for (TableChanges table : changes.tables()) {
      rows.merge(table.table(), (long) table.rowCount(), Long::sum);
      refused.merge(table.table(), (long) table.rejected().size(), Long::sum);
    }
    lastMicros = changes.sourceMicros();
  }

  synchronized void delivered(PollPosition position) {
    tablesDone = position.tables().size();
  }

  synchronized void acknowledged(PollPosition position) {
    acknowledged = position.deliveries();
  }

  synchronized SourceStatus status() {
    long all = rows.values().stream().mapToLong(Long::longValue).sum();
    return new SourceStatus(
        state,
        marks.entrySet().stream()
            .filter(mark -> !mark.getValue().isEmpty())
            .map(mark -> mark.getKey() + " " + mark.getValue())
            .collect(Collectors.joining(", ")),
        Long.toString(acknowledged),
        0,
        all,
        0,
        lastMicros,
        new SnapshotProgress(tablesDone, tables.size(), all, all),
        problems.values().stream().distinct().collect(Collectors.joining(" ")),
        tables.stream()
            .map(table ->
                new SourceStatus.Table(
                    table, rows.getOrDefault(table, 0L), refused.getOrDefault(table, 0L), 0, -1))
            .toList());
  }
}
