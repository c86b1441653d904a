package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.type.Schema;
import java.util.List;

/** Where changes come into the dataflow: a table, or fixed content. */
public final class SourceNode extends Node {
  /**
   * @param identity names the content: a table with its key, so that state over another table of
   *     the same name is not taken for this one's
   */
  public SourceNode(String identity, Schema schema) {
    super("source " + identity + " (" + PlanText.types(schema) + ")", schema, List.of());
  }

  /** Stands for an operator of another circuit, whose changes it is given. */
  SourceNode(Node original) {
    super(original.fingerprint(), original.schema());
  }

  /** Gives the source's change of this step. */
  public void offer(Batch change) {
    emit(change);
  }

  @Override
  Batch evaluate() {
    return output();
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new SourceNode(label(), schema());
  }

  @Override
  public String operator() {
    return "source";
  }
}
