package dev.freshet.engine.expression;

import dev.freshet.core.type.DataType;
import java.util.List;

/** A call that can fail, as messages show it. */
sealed interface Site permits CallNode, UserNode {
  /** How messages name it: the function, or CAST. */
  String label();

  List<Node> arguments();

  DataType type();
}
