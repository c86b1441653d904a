package dev.freshet.engine.circuit;

import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.RunList;
import java.util.List;

/** An operator whose content others look up by key. */
abstract class ContentNode extends Node {
  ContentNode(String label, Schema schema, List<Node> inputs) {
    super(label, schema, inputs);
  }

  /** The content before this step. */
  abstract RunList before();

  /** The content with this step's change. */
  abstract RunList after();
}
