package dev.freshet.runtime.history;

import dev.freshet.contracts.Contract;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.type.Keep;
import dev.freshet.engine.Engine;
import dev.freshet.log.Log;
import dev.freshet.runtime.model.Model;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where in the log those models begin whose rows depend on that, when a start declares them to the
 * engine: where they began before, as the lake's markers tell, or where the engine stands now.
 *
 * <pre>
 *   written      |- R ........ C         its state is in the checkpoint of step C: it is what it was; or it is not, since
 *                                        the model came later than the checkpoint: it is computed from the log
 *   written               C .. R         it came after the checkpoint: it comes again when the log passes R
 *   not written           C              it is new, and begins with what there is at C
 * </pre>
 *
 * <p>One thread at a time uses it.
 */
public final class Beginnings {
  private final Engine engine;
  private final History history;
  private final Map<String, Long> written;
  private final Map<String, Long> positions = new HashMap<>();

  /** What models can be computed from when their state is not there. */
  public record History(Log log, List<Contract> tables, List<Model> models, Clock clock) {}

  /**
   * @param engine restored, with all that a model reads declared before it is asked for
   * @param written by name, as far as it was
   */
  public Beginnings(Engine engine, History history, Map<String, Long> written) {
    this.engine = engine;
    this.history = history;
    this.written = Map.copyOf(written);
  }

  /**
   * Declares a model.
   *
   * @return whether it was computed from the log, since what was saved has not its state
   */
  public boolean declare(Model model) {
    Long before = written.get(model.name());
    boolean isLost =
        before != null
            && model.dependsOnHistory()
            && before < engine.step()
            && !Declarations.hasSaved(engine, model, before);
    if (before != null && isLost && isComputedFromHistory(model)) {
      positions.put(model.name(), before);
      return true;
    }
    long position = of(model);
    if (model.dependsOnHistory() && !isFromAnUnknownPosition(model)) {
      positions.put(model.name(), position);
    }
    Declarations.model(engine, model, position);
    return false;
  }

  /**
   * A model that came after the checkpoint, and began before it: a replayed one, or one that was
   * computed while the checkpoint was taken. The lake shows its rows, so it has to have them again.
   */
  private boolean isComputedFromHistory(Model model) {
    if (model.definition().keep() == Keep.NONE) {
      return false;
    }
    HistoryScope scope;
    try {
      scope = HistoryScope.of(history.tables(), history.models(), Set.of(model.name()), written);
      scope.requireReadable(history.log().startOffset());
    } catch (FreshetException e) {
      return false; // then it begins anew
    }
    Engine beside = engine.beside();
    try (Replica replica =
        scope.replica(beside, history.log(), engine.snapshot(), history.clock())) {
      replica.readTo(engine.step());
    }
    scope.views().forEach(view -> engine.adoptView(beside, view));
    return true;
  }

  /**
   * Whether a model has much to compute or reads one that has, so that a start need not wait for
   * it. What a checkpoint has is not computed. One the lake shows has to come from where it came
   * from before, so that its rows are the same.
   *
   * @param later models that are not there yet
   */
  public boolean mayWait(Model model, List<Model> later) {
    if (later.stream().anyMatch(each -> model.reads().contains(each.name()))) {
      return true;
    }
    return !(model.dependsOnHistory() && written.containsKey(model.name()))
        && engine.isWorthBuilding(model.name(), of(model), model.plan(), model.keyColumns());
  }

  /** The positions of what was declared. */
  public Map<String, Long> positions() {
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
