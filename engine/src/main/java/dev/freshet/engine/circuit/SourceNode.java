package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import java.util.List;

/** Where changes come into the dataflow: a table, or fixed content. */
public final class SourceNode extends Node {
  private final boolean onlyInserts;

  /**
   * @param identity names the content: a table with its key, so that state over another table of
   *     the same name is not taken for this one's
   */
  public SourceNode(String identity, Schema schema) {
    this(identity, schema, Keep.ALL);
  }

  /**
   * As {@link #SourceNode(String, Schema)}.
   *
   * @param keep where no rows are kept, only inserts come
   */
  public SourceNode(String identity, Schema schema, Keep keep) {
    super("source " + identity + " (" + PlanText.types(schema) + ")", schema, List.of());
    this.onlyInserts = keep == Keep.NONE;
  }

  /** Stands for an operator of another circuit, whose changes it is given. */
  SourceNode(Node original) {
    super(original.fingerprint(), original.schema());
    this.onlyInserts = original.onlyInserts();
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
  boolean onlyInserts() {
    return onlyInserts;
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
