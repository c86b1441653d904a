package dev.freshet.sql.dialect;

import dev.freshet.core.function.library.FunctionLibrary;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;

/**
 * FILTER in window functions, which the validator does not know: aggregates skip NULLs, so
 *
 * <pre>
 * SUM(x) FILTER (WHERE c) OVER w      becomes    SUM(CASE WHEN c THEN x END) OVER w
 * COUNT(*) FILTER (WHERE c) OVER w               COUNT(CASE WHEN c THEN 1 END) OVER w
 * </pre>
 *
 * in the syntax tree itself.
 */
final class FilteredWindows extends SqlBasicVisitor<Void> {
  private final FunctionLibrary functions;

  private FilteredWindows(FunctionLibrary functions) {
    this.functions = functions;
  }

  /**
   * @param functions those in Java see NULLs, so that their filter cannot be written like this
   */
  static void rewrite(SqlNode statement, FunctionLibrary functions) {
    statement.accept(new FilteredWindows(functions));
  }

  @Override
  public Void visit(SqlCall call) {
    if (call.getKind() == SqlKind.OVER
        && call.operand(0) instanceof SqlBasicCall filter
        && filter.getKind() == SqlKind.FILTER
        && filter.operand(0) instanceof SqlBasicCall aggregate
        && aggregate.operandCount() == 1
        && functions.find(aggregate.getOperator().getName()).isEmpty()) {
      aggregate.setOperand(0, where(filter.operand(1), aggregate.operand(0)));
      call.setOperand(0, aggregate);
    }
    return super.visit(call);
  }

  private static SqlNode where(SqlNode condition, SqlNode argument) {
    SqlParserPos position = condition.getParserPosition();
    boolean star = argument instanceof SqlIdentifier name && name.isStar();
    SqlNode value = star ? SqlLiteral.createExactNumeric("1", position) : argument;
    return new SqlCase(
        position,
        null,
        SqlNodeList.of(condition),
        SqlNodeList.of(value),
        SqlLiteral.createNull(position));
  }
}
