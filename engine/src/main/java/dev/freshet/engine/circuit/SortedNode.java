package dev.freshet.engine.circuit;

import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import java.util.List;

/** An operator whose content lies by key, in an order within each key. */
abstract class SortedNode extends ContentNode {
  private final RowOrder order;

  SortedNode(String label, Schema schema, RowOrder order, List<Node> inputs) {
    super(label, schema, inputs);
    this.order = order;
  }

  final RowOrder order() {
    return order;
  }

  /** This step's change of the content, sorted and consolidated. */
  abstract Run delta();

  /** A copy whose whole content is this step's change. */
  abstract SortedNode presenting();
}
