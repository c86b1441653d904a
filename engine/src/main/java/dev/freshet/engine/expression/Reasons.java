package dev.freshet.engine.expression;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import java.util.List;

/** Messages for failed rows. */
final class Reasons {
  private static final int MAX_VALUE_CHARACTERS = 100;

  private Reasons() {}

  /** Such as {@code Cannot evaluate DIVIDE(7, 0): division by zero.} */
  static String of(Site call, Batch row, FailureKind kind) {
    if (kind == FailureKind.MANY_ROWS) {
      return kind.text();
    }
    StringBuilder text = new StringBuilder("Cannot evaluate ").append(call.label()).append('(');
    List<Node> arguments = call.arguments();
    for (int i = 0; i < arguments.size(); i++) {
      Node argument = arguments.get(i);
      Operand value = argument.evaluate(row);
      text.append(i == 0 ? "" : ", ");
      text.append(shown(Values.read(argument.type(), value.vector(), 0)));
    }
    if (call.label().endsWith("CAST")) {
      text.append(" AS ").append(call.type().sql());
    }
    String problem = call instanceof UserNode user ? user.problem(row) : kind.text();
    text.append("): ").append(problem);
    if (kind == FailureKind.OUT_OF_RANGE) {
      text.append(' ').append(call.type().sql());
    }
    return text.append('.').toString();
  }

  private static String shown(@org.jspecify.annotations.Nullable Object value) {
    if (value == null) {
      return "NULL";
    }
    String text = value instanceof byte[] bytes ? bytes.length + " bytes" : value.toString();
    if (text.length() > MAX_VALUE_CHARACTERS) {
      text = text.substring(0, MAX_VALUE_CHARACTERS) + "...";
    }
    return value instanceof String ? "'" + text + "'" : text;
  }
}
