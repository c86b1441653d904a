package dev.freshet.runtime.dataflow;

import dev.freshet.engine.Engine;
import dev.freshet.runtime.history.Declarations;
import dev.freshet.runtime.model.Model;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where in the log those models begin whose rows depend on that, when a start declares them to the
 * engine: where they began before, as the lake's markers tell, or where the engine stands now.
 *
 * <pre>
 *   written      |- R ........ C         its state is in the checkpoint of step C: it is what it was
 *   written               C .. R         it came after the checkpoint: it comes again when the log passes R
 *   not written           C              it is new, and begins with what there is at C
 * </pre>
 */
final class Beginnings {
  private final Engine engine;
  private final Map<String, Long> written;
  private final Map<String, Long> positions = new HashMap<>();

  /**
   * @param engine restored, with all that a model reads declared before it is asked for
   * @param written by name, as far as it was
   */
  Beginnings(Engine engine, Map<String, Long> written) {
    this.engine = engine;
    this.written = Map.copyOf(written);
  }

  /** Declares a model. */
  void declare(Model model) {
    long position = of(model);
    if (model.dependsOnHistory() && !isFromAnUnknownPosition(model)) {
      positions.put(model.name(), position);
    }
    Declarations.model(engine, model, position);
  }

  /**
   * Whether a model has much to compute or reads one that has, so that a start need not wait for
   * it. What a checkpoint has is not computed. One that began after the checkpoint has to begin
   * there again, so that its rows are the same.
   *
   * @param later models that are not there yet
   */
  boolean mayWait(Model model, List<Model> later) {
    if (later.stream().anyMatch(each -> model.reads().contains(each.name()))) {
      return true;
    }
    boolean beginsAgain = written.getOrDefault(model.name(), -1L) >= engine.step();
    return !(model.dependsOnHistory() && beginsAgain)
        && engine.isWorthBuilding(model.name(), of(model), model.plan(), model.keyColumns());
  }

  /** The positions of what was declared. */
  Map<String, Long> positions() {
    return Map.copyOf(positions);
  }

  private long of(Model model) {
    Long before = written.get(model.name());
    long step = engine.step();
    if (!model.dependsOnHistory() || isFromAnUnknownPosition(model)) {
      return 0;
    }
    boolean isThere =
        before != null && (before >= step || Declarations.hasSaved(engine, model, before));
    return isThere && before != null ? before : step;
  }

  /** Positions were not always written: state of that time has none in its name. */
  private boolean isFromAnUnknownPosition(Model model) {
    return !written.containsKey(model.name())
        && engine.step() > 0
        && Declarations.hasSaved(engine, model, 0);
  }
}
