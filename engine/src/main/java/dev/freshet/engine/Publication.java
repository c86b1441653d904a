package dev.freshet.engine;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.type.Keep;
import dev.freshet.engine.circuit.Output;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What other threads see of an engine: its views, and all content after the last step. The engine's
 * thread publishes; any thread reads.
 */
final class Publication {
  private final Relations relations;
  private final Times times;

  /** As of the last time that one came or went. */
  private volatile List<Relation.View> views = List.of();

  private volatile EngineSnapshot snapshot =
      new EngineSnapshot(0, 0, List.of(), Map.of(), new EngineSnapshot.Content[0], List.of());

  Publication(Relations relations, Times times) {
    this.relations = relations;
    this.times = times;
  }

  EngineSnapshot snapshot() {
    return snapshot;
  }

  List<Relation.View> views() {
    return views;
  }

  /** Publishes a step's state, with the relations that are there now. */
  void publish(long step, long processingMicros) {
    views = List.copyOf(relations.views().values());
    List<Relation> all = relations.all();
    Map<String, Integer> indexes = new HashMap<>();
    EngineSnapshot.Content[] contents = new EngineSnapshot.Content[all.size()];
    for (int i = 0; i < contents.length; i++) {
      indexes.put(all.get(i).name(), i);
      contents[i] = content(all.get(i));
    }
    snapshot =
        new EngineSnapshot(
            step,
            processingMicros,
            all.stream().map(Relation::name).toList(),
            indexes,
            contents,
            times.of(relations.views().values()));
  }

  /**
   * Publishes what a step has come to.
   *
   * @param swap of views that were exchanged before it
   * @return what it changed
   */
  List<RelationDelta> publish(long step, long processingMicros, Optional<ViewSwap> swap) {
    if (swap.isEmpty()) {
      return publishChanges(step, processingMicros);
    }
    List<RelationDelta> deltas = swap.get().deltas(relations.all());
    publish(step, processingMicros);
    return deltas;
  }

  private List<RelationDelta> publishChanges(long step, long processingMicros) {
    EngineSnapshot.Content[] contents = snapshot.contents().clone();
    List<RelationDelta> deltas = new ArrayList<>();
    int index = 0;
    for (Relation relation : relations.all()) {
      Output output = relation.output();
      Batch errors = output.errorDelta();
      boolean changed = !output.delta().isEmpty() || !errors.isEmpty();
      if (changed) {
        contents[index] = content(relation);
        Batch rows = output.delta().withSchema(relation.schema());
        deltas.add(new RelationDelta(relation.name(), rows, errors));
      }
      index++;
    }
    List<RelationTime> moved = times.of(relations.views().values());
    snapshot = snapshot.after(step, processingMicros, contents, moved);
    return deltas;
  }

  private static EngineSnapshot.Content content(Relation relation) {
    Output output = relation.output();
    return new EngineSnapshot.Content(
        relation.schema(),
        output.isKept() ? Keep.ALL : Keep.NONE,
        output.content(),
        output.errors());
  }
}
