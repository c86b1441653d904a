package dev.freshet.bench.steps;

import dev.freshet.bench.harness.Samples;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.engine.Checkpoint;
import dev.freshet.engine.Engine;
import dev.freshet.engine.RelationDelta;
import dev.freshet.log.LogRecord;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.measure.CpuShares;
import dev.freshet.measure.Meter;
import dev.freshet.measure.Told;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs events through an engine in steps, as the product does: one thread appends to the log as a
 * source does, one commits, one makes steps of what is durable, and checkpoints are written beside
 * them. Making the events counts neither as time nor as CPU time.
 */
public final class DurableSteps {
  private static final long CHECKPOINT_NANOS = 10_000_000_000L;

  /** Steps whose events are made at once, so that none of the work of a step falls in between. */
  private static final int STEPS_AT_ONCE = 8;

  private static final double SLOW_STEP_MILLIS = 1_000;

  /** Steps up to this one are the caller's, to fill tables with before the events. */
  public static final long FIRST_STEP = 1;

  private final Engine engine;
  private final LocalStorage storage;
  private final String view;
  private final int stepEvents;
  private final IntFunction<List<TableChanges>> events;
  private final ByteWriter scratch = new ByteWriter(1 << 20);
  private @Nullable Thread checkpointing;
  private long rows;
  private long nextCheckpoint = System.nanoTime() + CHECKPOINT_NANOS;

  /**
   * @param warmUpEvents before those that were measured
   * @param events that were measured; both are fewer than asked for when the time was over
   * @param cpuSeconds of all threads of the process
   * @param cpu of what kind of threads, what made the events included
   * @param rows of the view at the end
   */
  public record Figures(
      long warmUpEvents,
      long events,
      double seconds,
      double cpuSeconds,
      CpuShares cpu,
      long rows,
      double stepMillisMedian,
      double stepMillisMax) {
    public double eventsPerSecond() {
      return events / seconds;
    }

    /** Tells all, with the peak memory of this process. */
    public void tell() {
      Told.figure("warm_up_events", (double) warmUpEvents);
      Told.figure("events", (double) events);
      Told.figure("seconds", seconds);
      Told.figure("cpu_seconds", cpuSeconds);
      Told.figure("cpu_seconds_compilers", cpu.compilers());
      Told.figure("cpu_seconds_collectors", cpu.collectors());
      Told.figure("peak_mb", Meter.peakMemoryMb());
      Told.figure("rows", (double) rows);
      Told.figure("step_ms_p50", stepMillisMedian);
      Told.figure("step_ms_max", stepMillisMax);
    }
  }

  /**
   * @param storage the engine's; the log is kept there too
   * @param events makes as many events as are asked for
   */
  public DurableSteps(
      Engine engine,
      LocalStorage storage,
      String view,
      int stepEvents,
      IntFunction<List<TableChanges>> events) {
    this.engine = engine;
    this.storage = storage;
    this.view = view;
    this.stepEvents = stepEvents;
    this.events = events;
  }

  /**
   * @param limitSeconds after which warm-up and measurement end, each, at the next step
   */
  public Figures run(long warmUp, long measured, double limitSeconds) throws InterruptedException {
    try (EmbeddedLog log = EmbeddedLog.open(storage, "log", Clock.system(), LogSettings.DEFAULT)) {
      Scheduler.Handle commits = log.startCommits(Scheduler.threads());
      Durable durable = new Durable();
      log.onDurable(durable);
      Figures warm = steps(log, durable, warmUp, limitSeconds, 0);
      Figures figures = steps(log, durable, measured, limitSeconds, warm.events());
      commits.cancel();
      return figures;
    }
  }

  private Figures steps(
      EmbeddedLog log, Durable durable, long count, double limitSeconds, long before)
      throws InterruptedException {
    Meter meter = new Meter();
    CpuShares cpu = CpuShares.now();
    Samples stepNanos = new Samples();
    double madeSeconds = 0;
    double madeCpuSeconds = 0;
    long done = 0;
    while (done < count && meter.seconds() - madeSeconds < limitSeconds) {
      long madeFrom = System.nanoTime();
      long madeCpuFrom = threadCpuNanos();
      List<List<TableChanges>> steps = new ArrayList<>();
      // Slow steps come one by one, so that the end of the time is not missed by many of them.
      int stepsAtOnce = stepNanos.millis(1) > SLOW_STEP_MILLIS ? 1 : STEPS_AT_ONCE;
      for (int i = 0; i < stepsAtOnce && done < count; i++, done += stepEvents) {
        steps.add(events.apply(stepEvents));
      }
      madeSeconds += (System.nanoTime() - madeFrom) / 1e9;
      madeCpuSeconds += (threadCpuNanos() - madeCpuFrom) / 1e9;
      steps(log, durable, steps, stepNanos);
    }
    if (checkpointing != null) {
      checkpointing.join();
    }
    return new Figures(
        before,
        done,
        meter.seconds() - madeSeconds,
        meter.cpuSeconds() - madeCpuSeconds,
        CpuShares.now().since(cpu),
        rows,
        stepNanos.millis(0.5),
        stepNanos.millis(1));
  }

  private void steps(
      EmbeddedLog log, Durable durable, List<List<TableChanges>> steps, Samples stepNanos)
      throws InterruptedException {
    long first = log.endOffset();
    Thread source = Thread.ofPlatform().start(() -> steps.forEach(step -> append(log, step)));
    for (int i = 0; i < steps.size(); i++) {
      long offset = first + i;
      durable.await(offset + 1);
      long begin = System.nanoTime();
      steps.get(i).forEach(engine::apply);
      rows +=
          engine.step(offset + FIRST_STEP + 1, 1).delta(view).map(DurableSteps::weight).orElse(0L);
      checkpoint();
      stepNanos.add(System.nanoTime() - begin);
    }
    source.join();
  }

  /** How far the log is durable, and waiting for it. Safe for all threads. */
  private static final class Durable implements LongConsumer {
    private long offset;

    @Override
    public synchronized void accept(long newOffset) {
      offset = Math.max(offset, newOffset);
      notifyAll();
    }

    synchronized void await(long wanted) throws InterruptedException {
      while (offset < wanted) {
        wait();
      }
    }
  }

  private static long weight(RelationDelta delta) {
    long sum = 0;
    for (int row = 0; row < delta.rows().rowCount(); row++) {
      sum += delta.rows().weight(row);
    }
    return sum;
  }

  private void append(EmbeddedLog log, List<TableChanges> changes) {
    ChangeSet set = new ChangeSet("bench", new byte[8], 0, 0, 0, ChangeSet.Part.LAST, changes);
    log.append(LogRecord.of(set, scratch));
  }

  /** Beside the steps, as the product writes them. */
  private void checkpoint() {
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
