package dev.freshet.engine;

import dev.freshet.engine.circuit.Circuit;
import dev.freshet.engine.circuit.Node;
import dev.freshet.engine.circuit.Output;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What operators report about themselves. */
final class Statistics {
  private Statistics() {}

  static List<OperatorStatistics> of(Circuit circuit, Collection<Relation.View> views) {
    Map<Node, List<String>> users = new HashMap<>();
    for (Relation.View view : views) {
      for (Node node : circuit.operatorsOf(view.output())) {
        users.computeIfAbsent(node, _ -> new ArrayList<>()).add(view.name());
      }
    }
    List<OperatorStatistics> all = new ArrayList<>();
    for (Node node : circuit.operators()) {
      all.add(
          new OperatorStatistics(
              node.id(),
              node.operator(),
              node.label(),
              node.inputs().stream().map(Node::id).toList(),
              users.getOrDefault(node, List.of()),
              node.rowsIn(),
              node.rowsOut(),
              node.stateRows(),
              node.stateBytes(),
              node.spilledBytes(),
              node.nanos()));
    }
    return all;
  }

  static String explain(Circuit circuit, Output output) {
    StringBuilder text = new StringBuilder();
    append(text, circuit.rootOf(output), 0, new HashSet<>());
    return text.toString();
  }

  private static void append(StringBuilder text, Node node, int depth, Set<Node> shown) {
    text.append("  ".repeat(depth)).append(node.id()).append(' ').append(node.label());
    if (!shown.add(node)) {
      text.append(" (shown above)\n");
      return;
    }
    text.append(
        String.format(
            Locale.ROOT,
            "  [in %d, out %d, state %d rows %d bytes, on disk %d bytes, %.3f ms]\n",
            node.rowsIn(),
            node.rowsOut(),
            node.stateRows(),
            node.stateBytes(),
            node.spilledBytes(),
            node.nanos() / 1e6));
    for (Node input : node.inputs()) {
      append(text, input, depth + 1, shown);
    }
  }
}
