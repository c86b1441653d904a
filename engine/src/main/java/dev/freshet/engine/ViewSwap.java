package dev.freshet.engine;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.circuit.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a step has to tell of views that were exchanged before it: the difference between what they
 * were and what they are.
 *
 * @param differences by the names of views that had the same columns
 * @param others the names of all other views that came
 */
record ViewSwap(Map<String, Difference> differences, Set<String> others) {
  /**
   * @param rows what the new view had more and less than the old one before the step
   * @param oldErrors what failed in the old one
   */
  record Difference(Batch rows, RunList oldErrors) {}

  /** What the step changed. */
  List<RelationDelta> deltas(List<Relation> relations) {
    List<RelationDelta> deltas = new ArrayList<>();
    relations.forEach(relation -> delta(relation).ifPresent(deltas::add));
    return deltas;
  }

  /** A view's change in the step; empty when it has none, or is told of by its content. */
  private Optional<RelationDelta> delta(Relation relation) {
    Output output = relation.output();
    Difference difference = differences.get(relation.name());
    if (others.contains(relation.name())) {
      return Optional.empty();
    }
    Batch rows = output.delta().withSchema(relation.schema());
    Batch errors = output.errorDelta();
    if (difference != null) {
      rows = sum(output.order(), difference.rows().withSchema(relation.schema()), rows);
      RunList now = output.errors();
      errors = sum(now.order(), difference.oldErrors().scan().negated(), now.scan());
    }
    return rows.isEmpty() && errors.isEmpty()
        ? Optional.empty()
        : Optional.of(new RelationDelta(relation.name(), rows, errors));
  }

  private static Batch sum(RowOrder order, Batch first, Batch second) {
    if (second.isEmpty()) {
      return first;
    }
    return Run.of(order, Rows.concat(first.schema(), List.of(first, second)))
        .rows()
        .withSchema(first.schema());
  }
}
