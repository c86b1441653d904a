package dev.freshet.engine;

import dev.freshet.core.type.Keep;
import dev.freshet.engine.circuit.Circuit;
import dev.freshet.engine.circuit.Circuit.Addition;
import dev.freshet.engine.circuit.Output;
import dev.freshet.engine.circuit.SavedState;
import dev.freshet.engine.circuit.TailNode.Beginning;
import dev.freshet.engine.time.ViewTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Moves views of another engine into a circuit, with their state and their time. */
final class ViewAdoption {
  private final Circuit circuit;
  private final Times times;
  private final Function<String, Output> relations;

  /**
   * @param relations the output of a relation that is there
   */
  ViewAdoption(Circuit circuit, Times times, Function<String, Output> relations) {
    this.circuit = circuit;
    this.times = times;
    this.relations = relations;
  }

  /**
   * @param from the times of the other engine, whose last step is that of the circuit
   * @param states what its operators came to
   */
  List<Relation.View> adopt(List<ReplayedView> views, Times from, SavedState states) {
    Map<String, Output> adopted = new LinkedHashMap<>();
    Map<String, Optional<ViewTime>> begun = new HashMap<>();
    try {
      for (ReplayedView view : views) {
        Optional<ViewTime> time = times.adopt(view.name(), view.since(), view.view().plan(), from);
        begun.put(view.name(), time);
        adopted.put(
            view.name(),
            circuit.adopt(
                addition(view, time),
                read -> {
                  Output own = adopted.get(read);
                  return own == null ? relations.apply(read) : own;
                },
                states));
      }
    } catch (RuntimeException e) {
      begun.values().forEach(time -> time.ifPresent(times::abandon));
      throw e;
    }
    List<Relation.View> present = new ArrayList<>();
    for (ReplayedView view : views) {
      times.finish(view.name(), begun.getOrDefault(view.name(), Optional.empty()));
      present.add(view(view, Objects.requireNonNull(adopted.get(view.name()))));
    }
    return present;
  }

  private static Addition addition(ReplayedView each, Optional<ViewTime> time) {
    NewView view = each.view();
    Beginning beginning = Engine.beginning(view.name(), each.since(), view.plan(), Keep.ALL);
    return new Addition(view.plan(), beginning, time, Keep.ALL, view.keyColumns());
  }

  private static Relation.View view(ReplayedView each, Output output) {
    NewView view = each.view();
    Set<String> reads = Reads.of(view.plan());
    reads.addAll(view.named());
    return new Relation.View(view.name(), view.plan().schema(), reads, each.since(), output);
  }
}
