package dev.freshet.engine.circuit;

import dev.freshet.engine.arrangement.Chain;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.RunList;
import java.util.List;

/** Stands where a relation's rows would be kept, and lets them pass: its content is empty. */
final class PassingNode extends ArrangeNode {
  PassingNode(Node input, RowOrder order) {
    super("pass " + order.text(), input, order);
  }

  @Override
  void keep(Chain change) {
    // what reads the relation has seen it
  }

  @Override
  RunList after() {
    return before();
  }

  @Override
  long unsettledRows() {
    return 0;
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new PassingNode(otherInputs.getFirst(), order());
  }

  @Override
  public String operator() {
    return "pass";
  }
}
