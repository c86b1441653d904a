package dev.freshet.database.checkpoint;

import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Storage;
import dev.freshet.database.step.Pipeline;
import dev.freshet.database.step.Step;
import dev.freshet.database.step.StepListener;
import dev.freshet.engine.Engine;
import dev.freshet.log.Log;
import java.time.Duration;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Saves the engine's state now and then, so that a restart need not read the whole log. Runs on the
 * thread that makes steps.
 *
 * <p>A restart begins at the newest checkpoint that is not ahead of what others (the lake) hold
 * durably, since deltas between the two could not be had again. So checkpoints are kept until a
 * newer one is no longer ahead, and the log from the oldest kept one on.
 */
public final class Checkpoints implements StepListener {
  private final Storage storage;
  private final String directory;
  private final Engine engine;
  private final Pipeline pipeline;
  private final Log log;
  private final Clock clock;
  private final long intervalNanos;
  private final LongSupplier durableElsewhere;
  private final TreeMap<Long, Long> firstNeededByStep = new TreeMap<>();
  private long lastNanos;
  private volatile long lastStep;

  /**
   * @param durableElsewhere the step up to which all listeners hold the deltas durably; {@code
   *     Long.MAX_VALUE} when none does
   */
  public Checkpoints(
      Storage storage,
      String directory,
      Engine engine,
      Pipeline pipeline,
      Log log,
      Clock clock,
      Duration interval,
      LongSupplier durableElsewhere) {
    this.storage = storage;
    this.directory = directory;
    this.engine = engine;
    this.pipeline = pipeline;
    this.log = log;
    this.clock = clock;
    this.intervalNanos = interval.toNanos();
    this.durableElsewhere = durableElsewhere;
    this.lastNanos = clock.nanos();
    this.lastStep = engine.step();
    firstNeededByStep.put(engine.step(), pipeline.firstNeededOffset());
  }

  @Override
  public void onStep(Step step) {
    if (clock.nanos() - lastNanos >= intervalNanos) {
      write();
    }
  }

  /** Saves the state after the last step, and lets go of what is not needed any more. */
  public void write() {
    long durable = durableElsewhere.getAsLong();
    engine.checkpoint(storage, directory, pipeline.userData());
    firstNeededByStep.put(engine.step(), pipeline.firstNeededOffset());
    Long oldestNeeded = firstNeededByStep.floorKey(durable);
    if (oldestNeeded != null) {
      firstNeededByStep.headMap(oldestNeeded, false).clear();
      long first = Long.MAX_VALUE;
      for (long offset : firstNeededByStep.values()) {
        first = Math.min(first, offset);
      }
      log.retain(first);
    }
    lastStep = engine.step();
    lastNanos = clock.nanos();
  }

  /** The step of the newest checkpoint. */
  public long lastStep() {
    return lastStep;
  }
}
