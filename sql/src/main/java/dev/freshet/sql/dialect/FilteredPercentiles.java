package dev.freshet.sql.dialect;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Writes the filter of a percentile into its order, since the validator does not find the order's
 * type below a filter. NULLs do not count in a percentile.
 *
 * <pre>
 * PERCENTILE_DISC(f) WITHIN GROUP (ORDER BY x) FILTER (WHERE c)
 * PERCENTILE_DISC(f) WITHIN GROUP (ORDER BY CASE WHEN c THEN x END)
 * </pre>
 */
final class FilteredPercentiles extends SqlShuttle {
  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    if (call.getKind() == SqlKind.FILTER
        && call.operand(0) instanceof SqlCall within
        && within.getKind() == SqlKind.WITHIN_GROUP
        && within.operand(0) instanceof SqlCall percentile
        && isPercentile(percentile)
        && within.operand(1) instanceof SqlNodeList order
        && order.size() == 1) {
      SqlNode filtered = filtered(order.get(0), call.operand(1));
      SqlNodeList orders = SqlNodeList.of(filtered);
      return super.visit(
          within.getOperator().createCall(within.getParserPosition(), percentile, orders));
    }
    return super.visit(call);
  }

  private static boolean isPercentile(SqlCall call) {
    return call.getKind() == SqlKind.PERCENTILE_DISC || call.getKind() == SqlKind.PERCENTILE_CONT;
  }

  private static SqlNode filtered(SqlNode order, SqlNode condition) {
    return switch (order.getKind()) {
      case DESCENDING, NULLS_FIRST, NULLS_LAST -> {
        SqlCall call = (SqlCall) order;
        SqlNode inner = filtered(call.operand(0), condition);
        yield call.getOperator().createCall(call.getParserPosition(), inner);
      }
      default -> {
        SqlParserPos position = order.getParserPosition();
        yield new SqlCase(
            position,
            null,
            SqlNodeList.of(condition),
            SqlNodeList.of(order),
            SqlLiteral.createNull(position));
      }
    };
  }
}
