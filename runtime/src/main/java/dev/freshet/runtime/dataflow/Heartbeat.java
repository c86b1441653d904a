package dev.freshet.runtime.dataflow;

import dev.freshet.contracts.Contract;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.port.Scheduler.Task;
import dev.freshet.core.type.Watermark;
import dev.freshet.engine.RelationTime;
import dev.freshet.engine.RelationTime.Activity;
import dev.freshet.engine.Snapshot;
import dev.freshet.log.Log;
import dev.freshet.log.LogRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Lets time pass when nothing comes in. Tables become idle by the ingest times of what stands in
 * the log, so that reading it again gives the same; while a table that may become idle is not and
 * the log is silent, this writes a record without changes.
 */
public final class Heartbeat implements Task {
  private static final String SOURCE = "heartbeat";
  private static final long MILLIS_MIN = 100;
  private static final long MILLIS_MAX = 10_000;

  private final Log log;
  private final Clock clock;
  private final Supplier<Snapshot> snapshot;
  private final Map<String, Long> idleMicros = new HashMap<>();
  private final ByteWriter scratch = new ByteWriter(64);
  private long seenEnd = -1;

  /**
   * @param snapshot the state of the engine
   */
  public Heartbeat(Log log, Clock clock, Supplier<Snapshot> snapshot, List<Contract> tables) {
    this.log = log;
    this.clock = clock;
    this.snapshot = snapshot;
    for (Contract table : tables) {
      table
          .watermark()
          .map(Watermark::idleMicros)
          .filter(idle -> idle != Watermark.NEVER_IDLE)
          .ifPresent(idle -> idleMicros.put(table.table(), idle));
    }
  }

  /** Whether a table may become idle at all. */
  public boolean isNeeded() {
    return !idleMicros.isEmpty();
  }

  @Override
  public Next run() {
    long end = log.endOffset();
    if (end == seenEnd && mayBecomeIdle()) {
      beat();
      end = log.endOffset();
    }
    seenEnd = end;
    long shortest = idleMicros.values().stream().mapToLong(Long::longValue).min().orElse(0);
    return Next.afterMillis(Math.clamp(shortest / 2_000, MILLIS_MIN, MILLIS_MAX));
  }

  /** Makes a step after a start, in which no time passes; only before the task runs. */
  void start() {
    append(ChangeSet.Part.RESTART);
  }

  private void beat() {
    append(ChangeSet.Part.LAST);
  }

  private void append(ChangeSet.Part part) {
    long now = clock.wallMicros();
    ChangeSet silence = new ChangeSet(SOURCE, new byte[0], now, now, 0, part, List.of());
    log.append(LogRecord.of(silence, scratch));
  }

  private boolean mayBecomeIdle() {
    for (RelationTime time : snapshot.get().times()) {
      if (time.activity() == Activity.ACTIVE && idleMicros.containsKey(time.relation())) {
        return true;
      }
    }
    return false;
  }
}
