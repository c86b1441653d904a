package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.engine.arrangement.Arrangement;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import java.util.List;

/**
 * Keeps the input's content by key. All operators that need the same input by the same key share
 * one. Its output is the input's change, sorted and consolidated.
 */
final class ArrangeNode extends Node {
  private final RowOrder order;
  private final Run noChange;
  private Arrangement arrangement;
  private RunList before;
  private Run delta;

  ArrangeNode(Node input, RowOrder order) {
    super("arrange " + order.text(), input.schema(), List.of(input));
    this.order = order;
    this.arrangement = new Arrangement(order);
    this.before = arrangement.content();
    this.noChange = Run.empty(order);
    this.delta = noChange;
  }

  @Override
  Batch evaluate() {
    delta = Run.of(order, input().output());
    arrangement.add(delta);
    return delta.rows();
  }

  /** The content before this step. */
  RunList before() {
    return before;
  }

  /** The content with this step's change. */
  RunList after() {
    return arrangement.content();
  }

  /** This step's change. */
  Run delta() {
    return delta;
  }

  @Override
  void endStep() {
    super.endStep();
    before = arrangement.content();
    if (!delta.isEmpty()) {
      delta = noChange;
    }
  }

  @Override
  void presentContent(Batch content) {
    delta = arrangement.content().merged();
    before = new Arrangement(order).content();
    super.presentContent(delta.rows());
  }

  /** A copy whose whole content is this step's change. */
  ArrangeNode presenting() {
    ArrangeNode copy = new ArrangeNode(new SourceNode("content", schema()), order);
    copy.arrangement = new Arrangement(arrangement.content());
    copy.presentContent(nothing());
    return copy;
  }

  @Override
  List<RowOrder> stateOrders() {
    return List.of(order);
  }

  @Override
  List<RunList> state() {
    return List.of(arrangement.content());
  }

  @Override
  void restore(List<RunList> state) {
    arrangement = new Arrangement(state.getFirst());
    before = arrangement.content();
  }

  RowOrder order() {
    return order;
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new ArrangeNode(otherInputs.getFirst(), order);
  }

  @Override
  public String operator() {
    return "arrange";
  }
}
