package dev.freshet.database.checkpoint;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.port.Scheduler.Task;
import dev.freshet.core.port.Storage;
import dev.freshet.database.step.Pipeline;
import dev.freshet.database.step.Step;
import dev.freshet.database.step.StepListener;
import dev.freshet.engine.Checkpoint;
import dev.freshet.engine.Engine;
import dev.freshet.log.Log;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Saves the engine's state now and then, so that a restart need not read the whole log, and lets
 * the log forget what a restart does not need. The state is taken on the thread that makes steps,
 * which costs little, and written by a task of its own. The log keeps what the oldest checkpoint
 * that is kept needs.
 *
 * <p>A checkpoint is written only once others (the lake) durably hold all deltas up to its step: a
 * restart begins at the checkpoint, and deltas before it could not be had again.
 */
public final class Checkpoints implements StepListener, Task {
  private static final long LOOK_MILLIS = 50;
  private static final long RETRY_MILLIS = 1_000;

  private final Storage storage;
  private final String directory;
  private final Engine engine;
  private final Pipeline pipeline;
  private final Log log;
  private final Clock clock;
  private final CheckpointSettings settings;
  private final LongSupplier durableElsewhere;
  private final AtomicReference<@Nullable Checkpoint> waiting = new AtomicReference<>();
  private volatile long lastTakenNanos;
  private volatile long lastStep;
  private final AtomicLong written = new AtomicLong();
  private volatile String problem = "";

  /**
   * @param durableElsewhere the step up to which all others hold the deltas durably; {@code
   *     Long.MAX_VALUE} when none does
   */
  public Checkpoints(
      Storage storage,
      String directory,
      Engine engine,
      Pipeline pipeline,
      Log log,
      Clock clock,
      CheckpointSettings settings,
      LongSupplier durableElsewhere) {
    this.storage = storage;
    this.directory = directory;
    this.engine = engine;
    this.pipeline = pipeline;
    this.log = log;
    this.clock = clock;
    this.settings = settings;
    this.durableElsewhere = durableElsewhere;
    this.lastTakenNanos = clock.nanos();
    this.lastStep = engine.step();
  }

  @Override
  public void onStep(Step step) {
    if (waiting.get() == null && clock.nanos() - lastTakenNanos >= settings.interval().toNanos()) {
      lastTakenNanos = clock.nanos();
      waiting.set(take());
    }
  }

  private Checkpoint take() {
    return engine.prepareCheckpoint(pipeline.userData());
  }

  @Override
  public Next run() {
    Checkpoint taken = waiting.get();
    try {
      if (taken != null && taken.step() <= durableElsewhere.getAsLong()) {
        write(taken);
        waiting.set(null);
        problem = "";
      }
      engine.deleteStaleSpill();
    } catch (FreshetException e) {
      return failed(e);
    }
    return Next.afterMillis(LOOK_MILLIS);
  }

  /** The checkpoint before still stands, so a full disk may wait until someone frees space. */
  private Next failed(FreshetException e) {
    problem = e.getMessage();
    if (e.code().retry() == ErrorCode.Retry.NO) {
      throw e;
    }
    return Next.afterMillis(RETRY_MILLIS);
  }

  /** Why the state could not be saved last time; empty when it could. */
  public String problem() {
    return problem;
  }

  /** Saves the state after the last step at once; only when neither steps nor this task run. */
  public void writeNow() {
    waiting.set(null);
    Checkpoint taken = take();
    if (taken.step() <= durableElsewhere.getAsLong()) {
      write(taken);
    }
  }

  private void write(Checkpoint taken) {
    List<byte[]> kept = taken.write(storage, directory, settings.keep());
    lastStep = taken.step();
    written.incrementAndGet();
    log.retain(kept.stream().mapToLong(Pipeline::firstNeededOffset).min().orElseThrow());
  }

  /** How many checkpoints were written since the start. */
  public long written() {
    return written.get();
  }

  /** The step of the newest checkpoint. */
  public long lastStep() {
    return lastStep;
  }
}
