package dev.freshet.runtime.verify;

import dev.freshet.contracts.Contract;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.database.definition.Upstream;
import dev.freshet.database.step.PipelineSettings;
import dev.freshet.engine.Engine;
import dev.freshet.engine.workers.Workers;
import dev.freshet.log.Log;
import dev.freshet.runtime.history.Beginnings;
import dev.freshet.runtime.history.Replica;
import dev.freshet.runtime.history.TableLayouts;
import dev.freshet.runtime.model.Model;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A fresh engine that the log is read into.
 *
 * <pre>
 *   log whole            |0 ----------------------------------> step      all from the log alone
 *   log's beginning gone |   C -------------------------------> step      tables as they were saved at step C; models
 *                                                                         computed from them; those that depend on
 *                                                                         history as they were saved, too, or, where
 *                                                                         they were not, from what the log has
 * </pre>
 *
 * @param bases from what each table and model came
 */
record FreshState(Replica replica, Map<String, Basis> bases) implements AutoCloseable {
  static final String ENGINE_DIRECTORY = "engine";

  /** From what rows came that are compared. */
  enum Basis {
    /** The log, from its first record on. */
    LOG,
    /** The rows that tables had at the saved step, and the log from there on. */
    TABLES,
    /** Its own rows at the saved step, which are taken as they are, and the log from there on. */
    SAVED
  }

  /**
   * @param pinned the files of the project's state
   * @param spill a folder for what has no room in memory
   */
  static FreshState begin(
      LocalStorage pinned,
      Log log,
      LocalStorage spill,
      long memoryBytes,
      List<Contract> tables,
      List<Model> models,
      Origins origins) {
    boolean isWhole = log.startOffset() == 0;
    Engine engine =
        isWhole
            ? Engine.restore(spill, "fresh", memoryBytes)
            : saved(pinned, spill, "fresh", memoryBytes);
    try {
      TableLayouts layouts = TableLayouts.read(pinned, ENGINE_DIRECTORY);
      return begin(engine, layouts, log, tables, models, origins);
    } catch (RuntimeException | Error e) {
      engine.close();
      throw e;
    }
  }

  private static FreshState begin(
      Engine engine,
      TableLayouts layouts,
      Log log,
      List<Contract> tables,
      List<Model> models,
      Origins origins) {
    boolean isWhole = log.startOffset() == 0;
    Map<String, Basis> bases = new LinkedHashMap<>();
    for (Contract table : tables) {
      layouts.declare(engine, table);
      bases.put(table.table(), isWhole ? Basis.LOG : Basis.SAVED);
    }
    Set<String> trusted = isWhole ? Set.of() : ofHistory(models);
    Beginnings beginnings =
        new Beginnings(
            engine, new Beginnings.History(log, tables, models, Clock.system()), origins.since());
    for (Model model : models) {
      if (trusted.contains(model.name())) {
        bases.put(model.name(), beginnings.declare(model) ? Basis.LOG : Basis.SAVED);
      }
    }
    engine.forgetSavedState();
    for (Model model : models) {
      if (!trusted.contains(model.name())) {
        beginnings.declare(model);
        bases.put(model.name(), isWhole ? Basis.LOG : Basis.TABLES);
      }
    }
    return new FreshState(
        Replica.of(engine, log, tables, PipelineSettings.DEFAULT, Clock.system()), bases);
  }

  /** The engine that a start of the project would have, at the step that was saved. */
  static Engine saved(
      LocalStorage pinned, LocalStorage spill, String spillDirectory, long memoryBytes) {
    return Engine.restoreReadOnly(
        pinned, ENGINE_DIRECTORY, spill, spillDirectory, memoryBytes, Workers.NONE);
  }

  /**
   * The models whose rows depend on history, and all that those are computed from that see rows
   * only as they pass.
   */
  private static Set<String> ofHistory(List<Model> models) {
    Map<String, List<String>> reads = new HashMap<>();
    models.forEach(model -> reads.put(model.name(), model.reads()));
    Set<String> names =
        Upstream.of(models.stream().filter(Model::isOfPassing).map(Model::name).toList(), reads);
    models.stream().filter(Model::dependsOnHistory).map(Model::name).forEach(names::add);
    return names;
  }

  @Override
  public void close() {
    replica.close();
    replica.engine().close();
  }
}
