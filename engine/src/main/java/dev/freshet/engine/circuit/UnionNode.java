package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.List;

/** UNION ALL: the changes of all inputs. Linear. */
final class UnionNode extends Node {
  UnionNode(List<Node> inputs, Schema schema) {
    super("union", schema, inputs);
  }

  @Override
  Batch evaluate() {
    List<Batch> changed = new ArrayList<>(inputs().size());
    for (Node input : inputs()) {
      if (!input.output().isEmpty()) {
        changed.add(input.output());
      }
    }
    return changed.isEmpty() ? nothing() : Rows.concat(schema(), changed).withSchema(schema());
  }

  @Override
  boolean onlyInserts() {
    return inputs().stream().allMatch(Node::onlyInserts);
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new UnionNode(otherInputs, schema());
  }

  @Override
  public String operator() {
    return "union all";
  }
}
