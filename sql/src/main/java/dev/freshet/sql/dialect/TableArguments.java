package dev.freshet.sql.dialect;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Puts a SELECT around a set operation that is the table of a window function: the conversion takes
 * only the first of its queries otherwise.
 *
 * <pre>
 * TUMBLE((SELECT ... UNION ALL SELECT ...), DESCRIPTOR(c), size)
 * TUMBLE((SELECT * FROM (SELECT ... UNION ALL SELECT ...)), DESCRIPTOR(c), size)
 * </pre>
 */
final class TableArguments extends SqlShuttle {
  private static final Set<String> WINDOWS = Set.of("TUMBLE", "HOP", "CUMULATE", "SESSION");

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    SqlNode visited = super.visit(call);
    if (!(visited instanceof SqlCall window)
        || !WINDOWS.contains(window.getOperator().getName().toUpperCase(Locale.ROOT))) {
      return visited;
    }
    List<SqlNode> operands = new ArrayList<>();
    window.getOperandList().forEach(operand -> operands.add(wrapped(operand)));
    return window
        .getOperator()
        .createCall(window.getFunctionQuantifier(), window.getParserPosition(), operands);
  }

  private static SqlNode wrapped(SqlNode operand) {
    if (operand instanceof SqlCall call
        && (call.getKind() == SqlKind.ARGUMENT_ASSIGNMENT
            || call.getKind() == SqlKind.SET_SEMANTICS_TABLE)) {
      List<SqlNode> operands = new ArrayList<>(call.getOperandList());
      operands.set(0, wrapped(operands.getFirst()));
      return call.getOperator().createCall(call.getParserPosition(), operands);
    }
    if (!SqlKind.SET_QUERY.contains(operand.getKind())) {
      return operand;
    }
    SqlParserPos at = operand.getParserPosition();
    return new SqlSelect(
        at,
        null,
        new SqlNodeList(List.of(SqlIdentifier.star(at)), at),
        operand,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }
}
