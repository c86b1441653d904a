package dev.freshet.files;

import dev.freshet.capture.SourceStatus;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import dev.freshet.files.FilePosition.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** How a source is doing. Written by its task, read by all threads. */
final class Progress {
  private static final long LAG_UNKNOWN = -1;

  private final AtomicLong rows = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final Map<String, Counts> tables = new ConcurrentSkipListMap<>();
  private volatile State state = State.CONNECTING;
  private volatile String received = "";
  private volatile String acknowledged = "";
  private volatile String problem = "";
  private volatile long waitingBytes;
  private volatile long durableNumber;
  private volatile long lastMicros;

  /** Of one table. */
  private record Counts(LongAdder taken, LongAdder refused, LongAdder bytes) {
    Counts() {
      this(new LongAdder(), new LongAdder(), new LongAdder());
    }
  }

  void enter(State next) {
    state = next;
  }

  void delivered(ChangeSet changes, FilePosition position) {
    rows.addAndGet(changes.rowCount());
    lastMicros = changes.sourceMicros();
    received = text(position);
    Counts counts = tables.computeIfAbsent(position.file().table(), _ -> new Counts());
    for (TableChanges table : changes.tables()) {
      counts.taken().add(table.rowCount());
      counts.refused().add(table.rejected().size());
    }
    if (position.outcome() != Outcome.READING) {
      bytes.addAndGet(position.file().bytes());
      counts.bytes().add(position.file().bytes());
    }
  }

  void acknowledged(FilePosition position) {
    acknowledged = text(position);
    durableNumber = position.number();
  }

  /** The log has all up to this number. */
  void resumedAt(long number) {
    durableNumber = number;
  }

  /** The number of the last change set that is durable. */
  long durableNumber() {
    return durableNumber;
  }

  private static String text(FilePosition position) {
    return position.file().path() + " row " + position.place().row();
  }

  void problem(String text) {
    problem = text;
  }

  void waiting(long newBytes) {
    waitingBytes = newBytes;
  }

  State state() {
    return state;
  }

  String received() {
    return received;
  }

  String acknowledged() {
    return acknowledged;
  }

  String problem() {
    return problem;
  }

  long waitingBytes() {
    return waitingBytes;
  }

  long rows() {
    return rows.get();
  }

  long bytes() {
    return bytes.get();
  }

  long lastMicros() {
    return lastMicros;
  }

  /** What came for each table since the start. */
  List<SourceStatus.Table> tables() {
    List<SourceStatus.Table> counted = new ArrayList<>();
    tables.forEach((table, counts) ->
        counted.add(
            new SourceStatus.Table(
                table,
                counts.taken().sum(),
                counts.refused().sum(),
                counts.bytes().sum(),
                LAG_UNKNOWN)));
    return counted;
  }
}
