package dev.freshet.capture.generator;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.ChangeSink.Answer;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.SourceStatus;
import dev.freshet.capture.SourceStatus.SnapshotProgress;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A running source of made-up rows. Events come at their rate while the process runs. What an event
 * is does not depend on when it comes: its own time is that of the first event and a step for each,
 * so it lags behind by the time that the process did not run. Rows of a table that was paused are
 * made once more by their numbers, when it is resumed.
 */
final class GeneratorCapture implements Capture {
  private static final long STOP_MILLIS = 10_000;
  private static final long FULL_RETRY_MILLIS = 100;
  private static final long TICK_MILLIS = 50;
  private static final int EVENTS_MAX = 1_000;

  /** Of a second's events in one change set, at most. */
  private static final double SHARE_MAX = 0.1;

  private final GeneratorSettings settings;
  private final PausedTables paused;
  private final Clock clock;
  private final ChangeSink sink;
  private final GeneratorPosition.Pace pace;
  private final long eventsMax;
  private final long startNanos;
  private final long startIndex;
  private long next;
  private @Nullable ChangeSet pending;
  private long pendingNext;

  /** The first event of which a table has nothing, where others have more. */
  private Map<String, Long> behind = new TreeMap<>();

  private Map<String, Long> pendingBehind = Map.of();
  private volatile long delivered;
  private volatile long acknowledged;
  private final AtomicLong rows = new AtomicLong();
  private volatile long lastMicros;
  private volatile State state = State.STREAMING;
  private volatile String problem = "";
  private volatile Scheduler.@Nullable Handle handle;

  GeneratorCapture(
      GeneratorSettings settings,
      PausedTables paused,
      Clock clock,
      GeneratorPosition from,
      ChangeSink sink) {
    this.settings = settings;
    this.paused = paused;
    this.behind.putAll(from.behind());
    this.behind.keySet().retainAll(settings.tables());
    this.clock = clock;
    this.sink = sink;
    this.pace = from.pace();
    this.eventsMax = (long) Math.clamp(settings.eventsPerSecond() * SHARE_MAX, 1, EVENTS_MAX);
    this.startNanos = clock.nanos();
    this.startIndex = from.next();
    this.next = from.next();
    this.delivered = from.next();
    this.acknowledged = from.next();
  }

  void start(Scheduler scheduler) {
    handle = scheduler.start("capture-" + settings.name(), this::run);
  }

  private Next run() {
    try {
      return work();
    } catch (RuntimeException | Error e) {
      problem = String.valueOf(e.getMessage());
      state = State.FAILED;
      throw e;
    }
  }

  private Next work() {
    if (pending == null && !makeResumed()) {
      long due = Math.min(due(), settings.limit().orElse(Long.MAX_VALUE));
      if (next >= due) {
        return next >= settings.limit().orElse(Long.MAX_VALUE)
            ? Next.WHEN_WOKEN
            : Next.afterMillis(TICK_MILLIS);
      }
      long end = Math.min(due, next + eventsMax);
      pend(end, behind, make(next, end, table -> !behind.containsKey(table)));
    }
    ChangeSet made = pending;
    if (made != null && sink.offer(made) == Answer.FULL) {
      return Next.afterMillis(FULL_RETRY_MILLIS);
    }
    if (made != null) {
      rows.addAndGet(made.rowCount());
      lastMicros = made.sourceMicros();
    }
    pending = null;
    next = pendingNext;
    behind = new TreeMap<>(pendingBehind);
    delivered = next;
    return Next.NOW;
  }

  /** The index behind the events that are to have come by now. */
  private long due() {
    double seconds = (clock.nanos() - startNanos) / 1e9;
    return startIndex + 1 + (long) (seconds * settings.eventsPerSecond());
  }

  /** Makes rows that a table missed while it was paused, if one did; it stays behind the others. */
  private boolean makeResumed() {
    Set<String> now = paused.now();
    for (String table : settings.tables()) {
      if (now.contains(table)) {
        behind.putIfAbsent(table, next);
      }
    }
    paused.noticed(now);
    behind.entrySet().removeIf(each -> each.getValue() >= next && !now.contains(each.getKey()));
    for (Map.Entry<String, Long> each : behind.entrySet()) {
      if (!now.contains(each.getKey())) {
        long end = Math.min(next, each.getValue() + EVENTS_MAX);
        Map<String, Long> after = new TreeMap<>(behind);
        after.put(each.getKey(), end);
        pend(next, after, make(each.getValue(), end, each.getKey()::equals));
        return true;
      }
    }
    return false;
  }

  private List<TableChanges> make(long from, long end, Predicate<String> isWanted) {
    Map<String, BatchBuilder> batches = new LinkedHashMap<>();
    for (Dataset.Table table : settings.data().tables()) {
      batches.put(table.name(), new BatchBuilder(table.schema(), 16));
    }
    for (long index = from; index < end; index++) {
      settings
          .data()
          .event(
              index,
              pace.micros(index),
              (table, values) -> {
                BatchBuilder batch = batches.get(table);
                if (batch != null && settings.tables().contains(table) && isWanted.test(table)) {
                  batch.row(1, values);
                }
              });
    }
    List<TableChanges> changes = new ArrayList<>();
    for (Dataset.Table table : settings.data().tables()) {
      BatchBuilder batch = batches.get(table.name());
      if (batch != null && batch.rowCount() > 0) {
        changes.add(TableChanges.inserts(table.name(), batch.build(), table.key()));
      }
    }
    return changes;
  }

  /** What was made is offered, and then this is where it stands. */
  private void pend(long end, Map<String, Long> nowBehind, List<TableChanges> changes) {
    long now = clock.wallMicros();
    pendingNext = end;
    pendingBehind = Map.copyOf(nowBehind);
    pending =
        new ChangeSet(
            settings.name(),
            new GeneratorPosition(end, pace, nowBehind).toBytes(),
            now,
            now,
            end,
            ChangeSet.Part.LAST,
            changes);
  }

  @Override
  public void acknowledged(byte[] position) {
    acknowledged = GeneratorPosition.read(position, settings.eventsPerSecond()).next();
  }

  @Override
  public SourceStatus status() {
    return new SourceStatus(
        state,
        Long.toString(delivered),
        Long.toString(acknowledged),
        0,
        rows.get(),
        0,
        lastMicros,
        SnapshotProgress.NONE,
        problem);
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
    if (state != State.FAILED) {
      state = State.STOPPED;
    }
  }
}
