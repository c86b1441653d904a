package dev.freshet.bench.nexmark;

import dev.freshet.bench.harness.Samples;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.engine.Checkpoint;
import dev.freshet.engine.Engine;
import dev.freshet.log.LogRecord;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.measure.Meter;
import dev.freshet.testing.files.WorkFolder;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One query. Every event is durable in the log before its step; while a step runs, the log writes
 * the events of the next one. One thread does all but commits and checkpoints. Making the events
 * counts neither as time nor as CPU time.
 */
final class NexmarkRun {
  private static final long CHECKPOINT_NANOS = 10_000_000_000L;

  /** Steps whose events are made at once, so that none of the work of a step falls in between. */
  private static final int STEPS_AT_ONCE = 5;

  private final int query;
  private final Events events;
  private final int stepEvents;
  private final ByteWriter scratch = new ByteWriter(1 << 20);
  private @Nullable Thread checkpointing;
  private long nextCheckpoint = System.nanoTime() + CHECKPOINT_NANOS;

  /**
   * @param warmUpEvents before those that were measured
   * @param events that were measured; both are fewer than asked for when the time was over
   * @param cpuSeconds of all threads of the process
   * @param rows of the view at the end
   */
  record Figures(
      long warmUpEvents,
      long events,
      double seconds,
      double cpuSeconds,
      long rows,
      double stepMillisMedian,
      double stepMillisMax) {
    double eventsPerSecond() {
      return events / seconds;
    }
  }

  NexmarkRun(int query, long seed, int stepEvents) {
    this.query = query;
    this.events = new Events(seed);
    this.stepEvents = stepEvents;
  }

  /**
   * @param limitSeconds after which warm-up and measurement end, each, at the next step
   */
  Figures run(long warmUp, long measured, double limitSeconds) throws InterruptedException {
    try (WorkFolder folder = WorkFolder.create("freshet-bench-nexmark-")) {
      LocalStorage storage = new LocalStorage(folder.path());
      Engine engine = NexmarkEngine.create(storage, query, NexmarkQuery.sql(query));
      try (EmbeddedLog log =
          EmbeddedLog.open(storage, "log", Clock.system(), LogSettings.DEFAULT)) {
        Scheduler.Handle commits = log.startCommits(Scheduler.threads());
        Figures warm = steps(engine, log, storage, warmUp, limitSeconds, 0);
        Figures figures = steps(engine, log, storage, measured, limitSeconds, warm.events());
        commits.cancel();
        return figures;
      }
    }
  }

  private Figures steps(
      Engine engine,
      EmbeddedLog log,
      LocalStorage storage,
      long count,
      double limitSeconds,
      long before)
      throws InterruptedException {
    Meter meter = new Meter();
    Samples stepNanos = new Samples();
    double madeSeconds = 0;
    double madeCpuSeconds = 0;
    long done = 0;
    while (done < count && meter.seconds() - madeSeconds < limitSeconds) {
      long madeFrom = System.nanoTime();
      long madeCpuFrom = threadCpuNanos();
      List<List<TableChanges>> steps = new ArrayList<>();
      for (int i = 0; i < STEPS_AT_ONCE && done < count; i++, done += stepEvents) {
        steps.add(events.next(stepEvents));
      }
      madeSeconds += (System.nanoTime() - madeFrom) / 1e9;
      madeCpuSeconds += (threadCpuNanos() - madeCpuFrom) / 1e9;
      steps(engine, log, storage, steps, stepNanos);
    }
    if (checkpointing != null) {
      checkpointing.join();
    }
    return new Figures(
        before,
        done,
        meter.seconds() - madeSeconds,
        meter.cpuSeconds() - madeCpuSeconds,
        engine.snapshot().rowCount(NexmarkEngine.VIEW),
        stepNanos.millis(0.5),
        stepNanos.millis(1));
  }

  private void steps(
      Engine engine,
      EmbeddedLog log,
      LocalStorage storage,
      List<List<TableChanges>> steps,
      Samples stepNanos) {
    long appended = append(log, steps.getFirst());
    for (int i = 0; i < steps.size(); i++) {
      long offset = appended;
      if (i + 1 < steps.size()) {
        appended = append(log, steps.get(i + 1));
      }
      long begin = System.nanoTime();
      if (log.durableOffset() <= offset) {
        log.flush();
      }
      steps.get(i).forEach(engine::apply);
      engine.step(offset + NexmarkEngine.FIRST_STEP + 1, 1);
      checkpoint(engine, storage);
      stepNanos.add(System.nanoTime() - begin);
    }
  }

  private long append(EmbeddedLog log, List<TableChanges> changes) {
    ChangeSet set = new ChangeSet("nexmark", new byte[8], 0, 0, 0, ChangeSet.Part.LAST, changes);
    return log.append(LogRecord.of(set, scratch));
  }

  /** Beside the steps, as the product writes them. */
  private void checkpoint(Engine engine, LocalStorage storage) {
    if (System.nanoTime() < nextCheckpoint || (checkpointing != null && checkpointing.isAlive())) {
      return;
    }
    nextCheckpoint = System.nanoTime() + CHECKPOINT_NANOS;
    Checkpoint prepared = engine.prepareCheckpoint(new byte[0]);
    checkpointing = Thread.ofPlatform().start(() -> prepared.write(storage, "state"));
  }

  private static long threadCpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
