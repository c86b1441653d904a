package dev.freshet.engine;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Keep;
import dev.freshet.engine.checkpoint.StateMemory;
import dev.freshet.engine.circuit.Backfill;
import dev.freshet.engine.circuit.Circuit;
import dev.freshet.engine.circuit.OperatorFailure;
import dev.freshet.engine.circuit.Output;
import dev.freshet.engine.circuit.TailNode.Beginning;
import dev.freshet.engine.table.Arrivals;
import dev.freshet.engine.time.ViewTime;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The views that are being computed beside an engine's steps. The engine's thread owns it. */
final class ViewBuilds {
  /** A view over so many rows takes tens of milliseconds. */
  private static final long BUILT_AT_ONCE_ROWS_MAX = 1 << 16;

  private final Circuit circuit;
  private final StateMemory memory;
  private final Times times;
  private final Relations relations;
  private final List<ViewBuild> running = new ArrayList<>();

  ViewBuilds(Circuit circuit, StateMemory memory, Times times, Relations relations) {
    this.circuit = circuit;
    this.memory = memory;
    this.times = times;
    this.relations = relations;
  }

  private Output output(String relation) {
    return relations.require(relation).output();
  }

  boolean isWorth(Plan plan, Set<String> reads) {
    long rows = reads.stream().mapToLong(each -> output(each).content().weight()).sum();
    return rows > BUILT_AT_ONCE_ROWS_MAX && reads.stream().allMatch(each -> output(each).isKept());
  }

  /** Whether a checkpoint has the view's content. Not of a final view. */
  boolean hasSaved(Plan plan, int[] keyColumns) {
    return Times.arriving(plan).isEmpty()
        && circuit.hasSaved(
            new Circuit.Addition(
                plan, Beginning.NOWHERE, Optional.empty(), Keep.ALL, keyColumns.clone()),
            this::output);
  }

  /**
   * @param step the last step
   * @throws FreshetException {@link ErrorCode#REQUEST_INVALID} when a view reads what keeps no
   *     rows: it begins where it is added, and there is nothing to compute
   */
  ViewBuild begin(List<ViewBuild.Part> parts, Set<String> dropped, long step) {
    parts.forEach(this::requireKept);
    List<Backfill.Wanted> wanted = new ArrayList<>();
    try {
      for (ViewBuild.Part part : parts) {
        NewView view = part.view();
        Optional<ViewTime> time = times.begin(view.name(), step, view.plan());
        wanted.add(
            new Backfill.Wanted(
                view.name(),
                view.plan(),
                view.keyColumns(),
                part.replaced()
                    .filter(old -> old.schema().hasSameColumns(view.plan().schema()))
                    .map(Relation.View::output),
                time));
      }
      Backfill backfill = Backfill.begin(wanted, this::output, memory.beside(), circuit.workers());
      ViewBuild build = new ViewBuild(parts, dropped, step, backfill);
      running.add(build);
      return build;
    } catch (RuntimeException | Error e) {
      wanted.forEach(view -> view.time().ifPresent(times::abandon));
      if (OperatorFailure.isOf(e)) {
        throw new ViewFailure(parts.stream().map(ViewBuild.Part::name).toList(), e);
      }
      throw e;
    }
  }

  private void requireKept(ViewBuild.Part part) {
    for (String read : part.reads()) {
      if (!relations.find(read).map(each -> each.output().isKept()).orElse(true)) {
        throw new FreshetException(
            ErrorCode.REQUEST_INVALID,
            "Cannot compute view "
                + part.name()
                + " beside the steps: "
                + read
                + " keeps no rows (keep: none). Create the view at once.");
      }
    }
  }

  /** Gives each what the step has just changed of what it reads. */
  void offer(Map<String, Arrivals> arrivals) {
    running.forEach(build -> build.backfill().offer(arrivals));
  }

  /**
   * Moves views that have been computed into the circuit.
   *
   * @return the outputs by name
   */
  Map<String, Output> finish(ViewBuild build) {
    Set<String> own = new HashSet<>();
    build.parts().forEach(part -> own.add(part.name()));
    build.backfill().reads().forEach((relation, output) -> requireThere(build, relation, output));
    Map<String, Output> adopted = new LinkedHashMap<>();
    for (Backfill.Wanted view : build.backfill().views()) {
      Function<String, Output> known =
          relation -> {
            Output output = adopted.get(relation);
            return output == null ? output(relation) : output;
          };
      adopted.put(view.name(), build.computing(() -> build.backfill().adopt(view, circuit, known)));
    }
    for (Backfill.Wanted view : build.backfill().views()) {
      times.finish(view.name(), view.time());
    }
    running.remove(build);
    return adopted;
  }

  private void requireThere(ViewBuild build, String relation, Output output) {
    if (!relations.find(relation).map(Relation::output).equals(Optional.of(output))) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot create view "
              + build.parts().getFirst().name()
              + ": "
              + relation
              + " was dropped while it was computed. Create it again.");
    }
  }

  /**
   * @param views that run
   * @throws FreshetException when a view is not the one that it was at the beginning, or reads one
   *     that goes and does not go or come itself
   */
  static void requireWhole(ViewBuild build, Map<String, Relation.View> views) {
    Set<String> going = new HashSet<>(build.dropped());
    for (ViewBuild.Part part : build.parts()) {
      going.add(part.name());
      if (!part.replaced().equals(Optional.ofNullable(views.get(part.name())))) {
        throw changedMeanwhile(part.name());
      }
    }
    requireUnread(going, views);
  }

  /** A final view names others that it does not read: it is computed from the tables. */
  static void requireUnread(Set<String> going, Map<String, Relation.View> views) {
    for (Relation.View view : views.values()) {
      boolean isFinal = !view.output().arrivals().isEmpty();
      if (!isFinal
          && !going.contains(view.name())
          && view.reads().stream().anyMatch(going::contains)) {
        throw changedMeanwhile(view.name());
      }
    }
  }

  static FreshetException changedMeanwhile(String name) {
    return new FreshetException(
        ErrorCode.REQUEST_INVALID,
        "Cannot exchange views: " + name + " is not what it was when they were begun.");
  }

  /** What the step after an exchange has to tell, as of the last step. */
  static ViewSwap swap(ViewBuild build) {
    return build.computing(() -> differences(build));
  }

  private static ViewSwap differences(ViewBuild build) {
    Map<String, ViewSwap.Difference> differences = new HashMap<>();
    Set<String> others = new HashSet<>();
    for (ViewBuild.Part part : build.parts()) {
      build
          .backfill()
          .difference(part.name())
          .ifPresentOrElse(
              rows ->
                  differences.put(
                      part.name(),
                      new ViewSwap.Difference(
                          rows, part.replaced().orElseThrow().output().errors())),
              () -> others.add(part.name()));
    }
    return new ViewSwap(differences, others);
  }

  void abandon(ViewBuild build) {
    if (running.remove(build)) {
      build.backfill().views().forEach(view -> view.time().ifPresent(times::abandon));
    }
  }
}
