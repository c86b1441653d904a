package dev.freshet.runtime.dataflow;

import dev.freshet.contracts.Contract;
import dev.freshet.contracts.Gate;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.database.checkpoint.Checkpoints;
import dev.freshet.database.checkpoint.SavedState;
import dev.freshet.database.step.Pipeline;
import dev.freshet.engine.Engine;
import dev.freshet.engine.workers.Workers;
import dev.freshet.lake.Lake;
import dev.freshet.log.Log;
import dev.freshet.runtime.history.Beginnings;
import dev.freshet.runtime.history.TableLayouts;
import dev.freshet.runtime.lake.LakeFeed;
import dev.freshet.runtime.lake.LakeTables;
import dev.freshet.runtime.model.Model;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * From the log to engine and lake. {@link #open} brings them to one step, whatever a crash left:
 *
 * <pre>
 *   lake         ...............| published step: what readers outside have seen
 *   checkpoint   ........|        never beyond it
 *   log          ........|======|-----------   replayed up to the published step without telling the lake,
 *                                              then as always
 * </pre>
 *
 * <p>Knows its parts only by the ports {@link Storage}, {@link Clock} and {@link Scheduler}, so
 * that all of it also runs in a simulation.
 *
 * @param workers share the work of the engine's steps
 * @param pipeline takes further listeners before {@link #start}
 * @param outputs beside the lake
 * @param later models that have too much to compute for a start to wait for them; not there yet
 * @param problems what could not be kept of the tables' rows, a sentence each
 */
public record Dataflow(
    Log log,
    Workers workers,
    Engine engine,
    Pipeline pipeline,
    Lake lake,
    LakeFeed lakeFeed,
    Checkpoints checkpoints,
    Heartbeat heartbeat,
    List<StepOutput> outputs,
    List<Model> later,
    List<String> problems) {
  /** The names of the tasks. */
  public static final String STEPS = "steps";

  public static final String PUBLISHER = "lake publisher";
  public static final String CHECKPOINTS = "checkpoints";
  public static final String HEARTBEAT = "heartbeat";

  private static final String ENGINE_DIRECTORY = "engine";

  /**
   * Recovers the state of these tables and models.
   *
   * @param storage holds engine and lake; locked by the caller
   * @param scheduler of the engine's workers
   * @param log stays the caller's: not closed here
   * @throws dev.freshet.core.error.FreshetException when the state cannot be read; then nothing
   *     stays open
   */
  public static Dataflow open(
      Storage storage,
      Clock clock,
      Scheduler scheduler,
      Log log,
      List<Contract> tables,
      List<Model> models,
      DataflowSettings settings) {
    return open(
        storage,
        clock,
        scheduler,
        log,
        Lake.open(storage, clock, settings.lake()),
        tables,
        models,
        Set.of(),
        List.of(),
        settings);
  }

  /**
   * As above, over a lake that is open already; closed here when the state cannot be read.
   *
   * @param lake of the same storage
   * @param held models that are left for later with those that read them, whatever they cost; not
   *     those that see what keeps no rows as it passes
   * @param outputs that are to be told of steps beside the lake
   */
  public static Dataflow open(
      Storage storage,
      Clock clock,
      Scheduler scheduler,
      Log log,
      Lake lake,
      List<Contract> tables,
      List<Model> models,
      Set<String> held,
      List<StepOutput> outputs,
      DataflowSettings settings) {
    Workers workers = Workers.of(scheduler, settings.workers());
    try {
      return open(storage, clock, log, lake, tables, models, held, outputs, settings, workers);
    } catch (RuntimeException | Error e) {
      lake.close();
      workers.close();
      throw e;
    }
  }

  /** The tables as the state has them, by name; empty where nothing was saved. */
  public static Map<String, Contract> heldTables(Storage storage) {
    return TableLayouts.read(storage, ENGINE_DIRECTORY).declared();
  }

  private static Dataflow open(
      Storage storage,
      Clock clock,
      Log log,
      Lake lake,
      List<Contract> tables,
      List<Model> models,
      Set<String> held,
      List<StepOutput> outputs,
      DataflowSettings settings,
      Workers workers) {
    Engine engine =
        SavedState.restore(storage, ENGINE_DIRECTORY, log, settings.memoryBytes(), workers);
    try {
      return open(
          storage, clock, log, lake, tables, models, held, outputs, settings, workers, engine);
    } catch (RuntimeException | Error e) {
      engine.close();
      throw e;
    }
  }

  private static Dataflow open(
      Storage storage,
      Clock clock,
      Log log,
      Lake lake,
      List<Contract> tables,
      List<Model> models,
      Set<String> held,
      List<StepOutput> outputs,
      DataflowSettings settings,
      Workers workers,
      Engine engine) {
    TableLayouts layouts = TableLayouts.read(storage, ENGINE_DIRECTORY);
    tables.forEach(table -> layouts.declare(engine, table));
    layouts.save();
    Beginnings beginnings =
        new Beginnings(
            engine,
            new Beginnings.History(log, tables, models, clock),
            LakeTables.since(lake.markers(), models));
    List<Model> present = new ArrayList<>();
    List<Model> later = new ArrayList<>();
    Set<String> atOnce = atOnce(models);
    for (Model model : models) {
      boolean waits =
          !atOnce.contains(model.name())
              && (held.contains(model.name()) || beginnings.mayWait(model, later));
      if (!waits) {
        beginnings.declare(model);
      }
      (waits ? later : present).add(model);
    }
    Pipeline pipeline = new Pipeline(log, engine, settings.steps(), clock);
    try {
      tables.forEach(table -> pipeline.addGate(new Gate(table)));
      replay(pipeline, engine.step(), lake, log, outputs, names(later), beginnings.positions());
      LakeTables lakeTables = LakeTables.open(lake, tables, present, later, beginnings.positions());
      LakeFeed lakeFeed =
          new LakeFeed(lake, lakeTables, engine::snapshot, clock, settings.publishInterval());
      Checkpoints checkpoints =
          new Checkpoints(
              storage,
              ENGINE_DIRECTORY,
              engine,
              pipeline,
              log,
              clock,
              settings.checkpoints(),
              () -> durableStep(lake, outputs));
      pipeline.addListener(lakeFeed);
      pipeline.addListener(checkpoints);
      Heartbeat heartbeat = new Heartbeat(log, clock, engine::snapshot, tables);
      return new Dataflow(
          log,
          workers,
          engine,
          pipeline,
          lake,
          lakeFeed,
          checkpoints,
          heartbeat,
          outputs,
          later,
          layouts.problems());
    } catch (RuntimeException e) {
      pipeline.close();
      throw e;
    }
  }

  /**
   * Reads the log again up to the step that the lake shows. Outputs that have less are told what
   * they miss; those that have more are told of nothing until steps reach what they have.
   */
  private static void replay(
      Pipeline pipeline,
      long stepMin,
      Lake lake,
      Log log,
      List<StepOutput> outputs,
      Set<String> absent,
      Map<String, Long> since) {
    for (StepOutput output : outputs) {
      output.resume(absent, since, stepMin, log.endOffset()).ifPresent(pipeline::endStepAt);
      pipeline.addListener(output);
    }
    pipeline.runTo(lake.publishedStep());
  }

  private static Set<String> names(List<Model> models) {
    return models.stream().map(Model::name).collect(Collectors.toSet());
  }

  /** What all outputs hold durably. */
  private static long durableStep(Lake lake, List<StepOutput> outputs) {
    long step = lake.publishedStep();
    for (StepOutput output : outputs) {
      step = Math.min(step, output.durableStep());
    }
    return step;
  }

  /** The models that keep no rows or see what keeps none as it passes, and what they read. */
  private static Set<String> atOnce(List<Model> models) {
    Set<String> names = new HashSet<>();
    for (Model model : models.reversed()) {
      if (model.isOfPassing() || names.contains(model.name())) {
        names.add(model.name());
        names.addAll(model.reads());
      }
    }
    return names;
  }

  /** Starts all tasks but the log's own; returns them by name, in the order of their start. */
  public Map<String, Scheduler.Handle> start(Scheduler scheduler) {
    if (lakeFeed.hasUnwritten() && engine.step() > 0) {
      heartbeat.start(); // their sources may be silent for ever
    }
    Map<String, Scheduler.Handle> tasks = new LinkedHashMap<>();
    Scheduler.Handle steps = scheduler.start(STEPS, pipeline);
    tasks.put(STEPS, steps);
    log.onDurable(_ -> steps.wake());
    tasks.put(PUBLISHER, scheduler.start(PUBLISHER, lakeFeed));
    tasks.put(CHECKPOINTS, scheduler.start(CHECKPOINTS, checkpoints));
    if (heartbeat.isNeeded()) {
      tasks.put(HEARTBEAT, scheduler.start(HEARTBEAT, heartbeat));
    }
    return tasks;
  }

  /** Publishes and saves what is visible; for a clean stop, when all tasks have ended well. */
  public void saveAll() {
    lakeFeed.publishAll();
    outputs.forEach(StepOutput::flush);
    checkpoints.writeNow();
  }

  /** Lets go of memory and readers. Saves nothing; the log stays open. */
  public void close() {
    pipeline.close();
    engine.close();
    lake.close();
    workers.close();
  }
}
