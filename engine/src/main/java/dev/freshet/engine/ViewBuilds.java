package dev.freshet.engine;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.engine.checkpoint.StateMemory;
import dev.freshet.engine.circuit.Backfill;
import dev.freshet.engine.circuit.Circuit;
import dev.freshet.engine.circuit.Output;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The views that are being computed beside an engine's steps. The engine's thread owns it. */
final class ViewBuilds {
  /** A view over so many rows takes tens of milliseconds. */
  private static final long BUILT_AT_ONCE_ROWS_MAX = 1 << 16;

  private final Circuit circuit;
  private final StateMemory memory;
  private final Function<String, Optional<Output>> outputs;
  private final List<ViewBuild> running = new ArrayList<>();

  /**
   * @param outputs the output of a relation, if there is one of this name
   */
  ViewBuilds(Circuit circuit, StateMemory memory, Function<String, Optional<Output>> outputs) {
    this.circuit = circuit;
    this.memory = memory;
    this.outputs = outputs;
  }

  private Output output(String relation) {
    return outputs.apply(relation).orElseThrow(() -> Engine.notFound("read", relation));
  }

  boolean isWorth(Plan plan, Set<String> reads, int[] keyColumns) {
    long rows = reads.stream().mapToLong(each -> output(each).content().weight()).sum();
    return rows > BUILT_AT_ONCE_ROWS_MAX
        && Times.arriving(plan).isEmpty()
        && !circuit.hasSaved(plan, this::output, keyColumns.clone());
  }

  ViewBuild begin(String name, Plan plan, Set<String> reads, int[] keyColumns) {
    Backfill backfill =
        Backfill.begin(plan, this::output, keyColumns, memory.beside(), circuit.workers());
    ViewBuild build = new ViewBuild(name, plan, reads, backfill);
    running.add(build);
    return build;
  }

  /** Gives each what the step has just changed of what it reads. */
  void offer() {
    running.forEach(build -> build.backfill().offer());
  }

  /** Moves a view that has been computed into the circuit. */
  Output finish(ViewBuild build) {
    build
        .backfill()
        .reads()
        .forEach((relation, output) -> {
          if (!outputs.apply(relation).equals(Optional.of(output))) {
            throw new FreshetException(
                ErrorCode.REQUEST_INVALID,
                "Cannot create view "
                    + build.name()
                    + ": "
                    + relation
                    + " was dropped while it was computed. Create it again.");
          }
        });
    Output output = build.backfill().adopt(circuit, this::output);
    running.remove(build);
    return output;
  }

  void abandon(ViewBuild build) {
    running.remove(build);
  }
}
