package dev.freshet.engine;

import dev.freshet.core.error.Check;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.circuit.Circuit;
import dev.freshet.engine.circuit.Output;
import dev.freshet.engine.circuit.SavedState;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Lets views that were computed beside an engine take their places in it, between two steps. The
 * engine's thread owns it.
 */
final class ViewExchange {
  private final Circuit circuit;
  private final Times times;
  private final Relations relations;
  private final ViewBuilds builds;

  /** What the next step has to tell of views that were exchanged. */
  private @Nullable ViewSwap swap;

  ViewExchange(Circuit circuit, Times times, Relations relations, ViewBuilds builds) {
    this.circuit = circuit;
    this.times = times;
    this.relations = relations;
    this.builds = builds;
  }

  /** What the step that now ends has to tell of views that were exchanged before it; once. */
  Optional<ViewSwap> takeSwap() {
    Optional<ViewSwap> taken = Optional.ofNullable(swap);
    swap = null;
    return taken;
  }

  /** As {@link Engine#finishView}. */
  void add(ViewBuild build) {
    build.parts().forEach(part -> relations.requireUnused(part.name()));
    take(build);
  }

  /** As {@link Engine#swapViews(ViewBuild)}. */
  void swap(ViewBuild build) {
    requireNoneWaits();
    ViewBuilds.requireWhole(build, relations.views());
    ViewSwap coming = ViewBuilds.swap(build);
    exchanged(going(build), () -> take(build));
    swap = coming;
    for (String name : build.dropped()) {
      relations.remove(name);
      times.removeView(name);
    }
    circuit.retain(relations.outputs());
  }

  /**
   * As {@link Engine#swapViews(ViewReplay)}.
   *
   * @param from the times of the other engine, whose last step is this one's
   * @param states what its operators came to
   */
  void swap(ViewReplay replay, Times from, SavedState states) {
    requireNoneWaits();
    Set<String> going = replay.replaced().keySet();
    for (ReplayedView view : replay.views()) {
      Relation.View present = relations.views().get(view.name());
      if (!Objects.equals(replay.replaced().get(view.name()), present)) {
        throw ViewBuilds.changedMeanwhile(view.name());
      }
    }
    ViewBuilds.requireUnread(going, relations.views());
    ViewSwap coming = replay.swap();
    exchanged(going, () -> adopt(replay.views(), from, states));
    swap = coming;
    circuit.retain(relations.outputs());
  }

  private static Set<String> going(ViewBuild build) {
    Set<String> going = new HashSet<>(build.dropped());
    build.parts().forEach(part -> going.add(part.name()));
    return going;
  }

  /** As {@link Engine#requireUnread}. */
  void requireUnread(Set<String> tables, ViewBuild build) {
    Map<String, Set<String>> reads = new TreeMap<>();
    relations.views().forEach((name, view) -> reads.put(name, view.reads()));
    reads.keySet().removeAll(going(build));
    build.parts().forEach(part -> reads.put(part.name(), part.reads()));
    for (String table : tables) {
      relations.requireTable(table);
      Relations.requireUnread(table, reads);
    }
  }

  private void requireNoneWaits() {
    Check.that(swap == null, "a step tells of one exchange");
  }

  /** Adds views that another engine came to, or puts them in the places of those before. */
  void adopt(List<ReplayedView> views, Times from, SavedState states) {
    new ViewAdoption(circuit, times, read -> relations.require(read).output())
        .adopt(views, from, states)
        .forEach(relations::add);
  }

  /**
   * Lets views take the places of others. What the others do not share with those that stay goes
   * first, so that equal ones bring their own state with them; it comes back when that fails.
   */
  private void exchanged(Set<String> going, Runnable taking) {
    Circuit.Mark before = circuit.mark();
    circuit.retain(
        relations.all().stream()
            .filter(relation -> !going.contains(relation.name()))
            .map(Relation::output)
            .toList());
    try {
      taking.run();
    } catch (RuntimeException e) {
      circuit.reset(before);
      throw e;
    }
  }

  private void take(ViewBuild build) {
    Map<String, Output> outputs = builds.finish(build);
    for (ViewBuild.Part part : build.parts()) {
      Output output = Objects.requireNonNull(outputs.get(part.name()));
      Schema schema = part.view().plan().schema();
      relations.add(new Relation.View(part.name(), schema, part.reads(), 0, output));
    }
  }
}
