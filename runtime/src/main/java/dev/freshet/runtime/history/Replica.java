package dev.freshet.runtime.history;

import dev.freshet.contracts.Contract;
import dev.freshet.contracts.Gate;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.database.step.Pipeline;
import dev.freshet.database.step.PipelineSettings;
import dev.freshet.engine.Engine;
import dev.freshet.engine.Snapshot;
import dev.freshet.engine.StepResult;
import dev.freshet.log.Log;
import java.util.List;
import java.util.function.Consumer;

/**
 * An engine of its own that a log is read into, step by step, without anything that hears of it.
 * The state after a step depends on nothing but the log and what is declared: so two replicas of
 * equal declarations are equal at equal steps. One thread at a time uses it.
 */
public final class Replica implements AutoCloseable {
  private final Engine engine;
  private final Pipeline pipeline;

  private Replica(Engine engine, Pipeline pipeline) {
    this.engine = engine;
    this.pipeline = pipeline;
  }

  /**
   * @param engine with tables and models declared; new, or restored from a checkpoint. Stays the
   *     caller's
   * @param log holds what the engine needs behind its step
   * @param tables what each is held to, from the first record on
   */
  public static Replica of(
      Engine engine, Log log, List<Contract> tables, PipelineSettings steps, Clock clock) {
    Pipeline pipeline = new Pipeline(log, engine, steps, clock);
    tables.forEach(table -> pipeline.addGate(new Gate(table)));
    return new Replica(engine, pipeline);
  }

  /**
   * As above, of a log that has lost its beginning: what is declared began with rows of one step,
   * and what keeps no rows with the log's first record.
   *
   * @param engine at the step of the log's first record, its tables with the rows that they had at
   *     {@code step}
   */
  static Replica seeded(
      Engine engine,
      Log log,
      List<Contract> tables,
      long step,
      PipelineSettings settings,
      Clock clock) {
    Pipeline pipeline = new Pipeline(log, engine, settings, clock, engine.step());
    for (Contract table : tables) {
      switch (table.keep()) {
        case ALL -> pipeline.addGate(new Gate(table), step);
        case NONE -> pipeline.addGate(new Gate(table));
      }
    }
    return new Replica(engine, pipeline);
  }

  /** From now on tells of each step. */
  public void listen(Consumer<StepResult> listener) {
    pipeline.addListener(step -> listener.accept(step.result()));
  }

  public Engine engine() {
    return engine;
  }

  public Snapshot snapshot() {
    return engine.snapshot();
  }

  /**
   * Reads on up to a step.
   *
   * @throws FreshetException {@link ErrorCode#NOT_FOUND} when the log does not come to that step
   */
  public void readTo(long step) {
    pipeline.runTo(step);
    if (engine.step() != step) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND,
          "Cannot come to step "
              + step
              + " from the log: no transaction ends there. After reading it the step is "
              + engine.step()
              + ".");
    }
  }

  /** Reads on up to the last whole transaction before an offset. */
  public void readBefore(long offset) {
    pipeline.runTo(offset);
  }

  /** Reads on up to the last whole transaction that is durable. */
  public void readToEnd() {
    pipeline.runTo(Long.MAX_VALUE);
  }

  @Override
  public void close() {
    pipeline.close();
  }
}
