package dev.freshet.debezium;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceStatus;
import dev.freshet.capture.SourceStatus.SnapshotProgress;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.SourceStatus.TableNote;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What other threads see of a running capture; the work itself is {@link CaptureTask}'s. */
final class DebeziumCapture implements Capture {
  private static final long STOP_MILLIS = 10_000;

  private final DebeziumSource source;
  private final CaptureTask task;
  private final AtomicLong rows = new AtomicLong();
  private final Map<String, Counts> tables = new ConcurrentSkipListMap<>();
  private volatile State state = State.CONNECTING;
  private volatile String lastError = "";
  private volatile String received = "";
  private volatile String acknowledged = "";
  private volatile long lastCommitMicros;
  private volatile List<TableNote> notes = List.of();
  private volatile Scheduler.@Nullable Handle handle;

  private record Counts(AtomicLong rows, AtomicLong refused) {}

  DebeziumCapture(
      DebeziumSource source, Scheduler scheduler, Clock clock, Resume resume, ChangeSink sink) {
    this.source = source;
    this.task = new CaptureTask(this, source, scheduler, clock, resume, sink);
  }

  void start(Scheduler scheduler) {
    handle = scheduler.start("capture-" + source.name(), task);
  }

  @Override
  public void acknowledged(byte[] position) {
    Position durable = Position.read(position);
    acknowledged = durable.toString();
    task.acknowledged(durable);
  }

  @Override
  public SourceStatus status() {
    return new SourceStatus(
        state,
        received,
        acknowledged,
        0,
        rows.get(),
        0,
        lastCommitMicros,
        SnapshotProgress.NONE,
        lastError,
        tables.entrySet().stream()
            .map(table ->
                new SourceStatus.Table(
                    table.getKey(),
                    table.getValue().rows().get(),
                    table.getValue().refused().get(),
                    0,
                    -1))
            .toList(),
        -1,
        List.of(),
        notes);
  }

  @Override
  public void wake() {
    Scheduler.Handle started = handle;
    if (started != null) {
      started.wake();
    }
  }

  @Override
  public void close() {
    Scheduler.Handle started = handle;
    if (started == null) {
      return;
    }
    started.cancel();
    try {
      started.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    task.release();
    if (state != State.FAILED) {
      state = State.STOPPED;
    }
  }

  void enter(State next) {
    state = next;
    if (next == State.STREAMING) {
      lastError = "";
    }
  }

  void failed(State next, String message) {
    state = next;
    lastError = message;
  }

  /** How single tables are. */
  void notes(List<TableNote> now) {
    notes = now;
  }

  void delivered(ChangeSet changes) {
    rows.addAndGet(changes.rowCount());
    for (TableChanges table : changes.tables()) {
      Counts counts =
          tables.computeIfAbsent(
              table.table(), _ -> new Counts(new AtomicLong(), new AtomicLong()));
      counts.rows().addAndGet(table.rowCount());
      counts.refused().addAndGet(table.rejected().size());
    }
    if (changes.part() == Part.LAST) {
      received = Position.read(changes.position()).toString();
      lastCommitMicros = changes.sourceMicros();
    }
  }
}
