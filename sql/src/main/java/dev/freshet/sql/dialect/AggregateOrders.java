package dev.freshet.sql.dialect;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Writes out where NULLs stand in the order of an aggregate: first with ASC, last with DESC, as in
 * every other ORDER BY. Calcite would take the reverse there.
 *
 * <pre>
 * ARRAY_AGG(x ORDER BY a, b DESC)                 ARRAY_AGG(x ORDER BY a NULLS FIRST, b DESC NULLS LAST)
 * LISTAGG(x) WITHIN GROUP (ORDER BY a)            LISTAGG(x) WITHIN GROUP (ORDER BY a NULLS FIRST)
 * </pre>
 *
 * <p>The parser makes Calcite's own percentile functions, whose results have the type of x, and its
 * {@link JsonAggregates}; they become ours.
 */
final class AggregateOrders extends SqlShuttle {
  private AggregateOrders() {}

  static SqlNode complete(SqlNode query) {
    SqlNode completed = query.accept(new AggregateOrders());
    return completed == null ? query : completed;
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    SqlNode visited = super.visit(withOurFunction(call));
    if (!(visited instanceof SqlCall copy)
        || !(copy.getKind() == SqlKind.WITHIN_GROUP || copy.getOperator() instanceof SqlFunction)) {
      return visited;
    }
    List<SqlNode> operands = copy.getOperandList();
    for (int i = 0; i < operands.size(); i++) {
      if (operands.get(i) instanceof SqlNodeList order) {
        copy.setOperand(i, complete(order));
      }
    }
    return copy;
  }

  private static SqlCall withOurFunction(SqlCall call) {
    return switch (call.getKind()) {
      case PERCENTILE_CONT -> renamed(call, FreshetAggregates.PERCENTILE_CONT);
      case PERCENTILE_DISC -> renamed(call, FreshetAggregates.PERCENTILE_DISC);
      default -> JsonAggregates.nullable(call);
    };
  }

  private static SqlCall renamed(SqlCall call, SqlFunction function) {
    return function.createCall(call.getParserPosition(), call.getOperandList());
  }

  private static SqlNodeList complete(SqlNodeList order) {
    List<SqlNode> keys = new ArrayList<>();
    for (SqlNode key : order) {
      keys.add(
          switch (key.getKind()) {
            case NULLS_FIRST, NULLS_LAST -> key;
            case DESCENDING ->
                SqlStdOperatorTable.NULLS_LAST.createCall(key.getParserPosition(), key);
            default -> SqlStdOperatorTable.NULLS_FIRST.createCall(key.getParserPosition(), key);
          });
    }
    return new SqlNodeList(keys, order.getParserPosition());
  }
}
