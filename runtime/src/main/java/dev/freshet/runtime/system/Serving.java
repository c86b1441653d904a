package dev.freshet.runtime.system;

import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.function.library.FunctionLibrary;
import dev.freshet.database.query.SystemTables;
import dev.freshet.engine.Snapshot;
import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.model.ModelCompiler;
import dev.freshet.runtime.project.Project;
import dev.freshet.serve.backend.RelationInfo;
import dev.freshet.sql.SqlCompiler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What readers are answered from: models, and the state that belongs to them. While models change
 * places, readers have the ones before with their last state. Safe for all threads; one thread at a
 * time changes it.
 */
final class Serving {
  private final Supplier<Snapshot> snapshots;
  private volatile Models models;
  private volatile @Nullable Moment held;
  private volatile DoubleSupplier percent = () -> 0;
  private volatile Map<String, String> failures = Map.of();

  /**
   * @param snapshots the state after the last step
   */
  Serving(Models models, Supplier<Snapshot> snapshots) {
    this.models = models;
    this.snapshots = snapshots;
  }

  /** Models and a state of theirs. */
  record Moment(Models models, Snapshot snapshot) {}

  /**
   * The models of a running project.
   *
   * @param models that are there, each behind those that it reads
   * @param coming new ones that are still being computed
   * @param relations tables and models, tables first
   * @param freshness how stale each model may be, in milliseconds
   * @param compiler of queries over all of them
   */
  record Models(
      Project project,
      List<CapturedTable> tables,
      List<Model> models,
      List<Model> coming,
      FunctionLibrary functions,
      List<RelationInfo> relations,
      Map<String, Long> freshness,
      SqlCompiler compiler) {
    static Models of(
        Project project,
        List<CapturedTable> tables,
        List<Model> models,
        List<Model> coming,
        FunctionLibrary functions,
        String lakeLocation) {
      List<Model> all = new ArrayList<>(models);
      all.addAll(coming);
      return new Models(
          project,
          tables,
          List.copyOf(models),
          List.copyOf(coming),
          functions,
          Relations.of(tables, models, lakeLocation),
          freshness(models),
          new SqlCompiler(
              SystemTables.with(ModelCompiler.catalog(contracts(tables), all, functions))));
    }

    private static Map<String, Long> freshness(List<Model> models) {
      Map<String, Long> freshness = new HashMap<>();
      models.forEach(
          model -> freshness.put(model.name(), model.definition().freshness().toMillis()));
      return Map.copyOf(freshness);
    }

    static List<Contract> contracts(List<CapturedTable> tables) {
      return tables.stream().map(CapturedTable::contract).toList();
    }

    List<Contract> contracts() {
      return contracts(tables);
    }

    long freshnessMillis(String relation) {
      return freshness.getOrDefault(relation, project.settings().freshness().toMillis());
    }

    private boolean isComing(String relation) {
      return coming.stream().anyMatch(model -> model.name().equals(relation));
    }
  }

  Models models() {
    return models;
  }

  /** Models and a state that belong together. */
  Moment now() {
    while (true) {
      Moment before = held;
      if (before != null) {
        return before;
      }
      Models found = models;
      Snapshot snapshot = snapshots.get();
      if (held == null && models.equals(found)) {
        return new Moment(found, snapshot);
      }
    }
  }

  /** From now until {@link #show} readers have what they have now, whatever steps do. */
  void hold() {
    held = now();
  }

  /** Shows models whose state is there. */
  void show(Models next) {
    models = next;
    held = null;
    Map<String, String> left = new HashMap<>(failures);
    left.keySet().removeIf(name -> !next.isComing(name));
    failures = Map.copyOf(left);
  }

  /** Some of the coming models, and those that read them, are not being built: why, by name. */
  void failed(Map<String, String> reasons) {
    Map<String, String> all = new HashMap<>(failures);
    for (Model model : models.coming()) {
      String reason = reasons.get(model.name());
      if (reason == null) {
        reason =
            model.reads().stream().map(all::get).filter(Objects::nonNull).findFirst().orElse(null);
      }
      if (reason != null) {
        all.put(model.name(), reason);
      }
    }
    failures = Map.copyOf(all);
  }

  /** Why coming models are not being built, by name. */
  Map<String, String> failures() {
    return failures;
  }

  /** How far new models are, from 0 to 100. */
  void follow(DoubleSupplier progress) {
    percent = progress;
  }

  /**
   * @throws FreshetException {@link ErrorCode#MODEL_BUILDING} when this is a model that is not
   *     there yet, {@link ErrorCode#MODEL_FAILED} when it has to wait for one whose computation
   *     failed
   */
  void requireBuilt(Models of, String relation) {
    String reason = failures.get(relation);
    if (of.isComing(relation) && reason != null) {
      throw new FreshetException(
          ErrorCode.MODEL_FAILED,
          "Cannot read "
              + relation
              + ": "
              + reason
              + " It is computed anew by itself; freshet status shows when it is there. Changing"
              + " the model and freshet apply may help.");
    }
    if (of.isComing(relation)) {
      throw new FreshetException(
          ErrorCode.MODEL_BUILDING,
          String.format(
              java.util.Locale.ROOT,
              "Cannot read %s yet: it is being built (%.0f%%). Ask again later; freshet status shows"
                  + " how far it is.",
              relation,
              percent.getAsDouble()));
    }
  }

  /** The relation of this name, if it is there. */
  static Optional<RelationInfo> find(Models models, String relation) {
    return models.relations().stream().filter(each -> each.name().equals(relation)).findFirst();
  }
}
