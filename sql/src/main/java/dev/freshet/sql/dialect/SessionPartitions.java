package dev.freshet.sql.dialect;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.sql.error.SourceText;
import dev.freshet.sql.error.SqlException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Writes the partition of a table argument as an argument of its own, as which the validator checks
 * its columns. (Its own support of partitions ends there, without a way to convert them.)
 *
 * <pre>
 * SESSION(TABLE t PARTITION BY k, DESCRIPTOR(c), gap)
 * SESSION(TABLE t, DESCRIPTOR(c), gap, DESCRIPTOR(k))
 * </pre>
 */
final class SessionPartitions extends SqlShuttle {
  private final SourceText source;

  SessionPartitions(SourceText source) {
    this.source = source;
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    if (!call.getOperator().getName().equalsIgnoreCase("SESSION")) {
      return super.visit(call);
    }
    List<SqlNode> operands = new ArrayList<>();
    List<SqlNode> keys = new ArrayList<>();
    for (SqlNode operand : call.getOperandList()) {
      boolean named = operand.getKind() == SqlKind.ARGUMENT_ASSIGNMENT;
      SqlNode value = named ? ((SqlCall) operand).operand(0) : operand;
      if (!(value instanceof SqlCall table) || table.getKind() != SqlKind.SET_SEMANTICS_TABLE) {
        operands.add(operand);
        continue;
      }
      SqlNode input = table.operand(0);
      operands.add(named ? assigned(input, ((SqlCall) operand).operand(1)) : input);
      keys(table)
          .map(key ->
              named
                  ? assigned(key, new SqlIdentifier(WindowFunction.KEY, key.getParserPosition()))
                  : key)
          .ifPresent(keys::add);
    }
    operands.addAll(keys);
    SqlCall rewritten =
        call.getOperator()
            .createCall(call.getFunctionQuantifier(), call.getParserPosition(), operands);
    return super.visit(rewritten);
  }

  /** The columns of PARTITION BY; empty when there are none. */
  private Optional<SqlNode> keys(SqlCall table) {
    SqlNodeList order = table.operand(2);
    if (!order.isEmpty()) {
      throw refused("The rows of a session are in the order of their time", order.get(0));
    }
    SqlNodeList partition = table.operand(1);
    List<SqlNode> columns = new ArrayList<>();
    for (SqlNode key : partition) {
      if (!(key instanceof SqlIdentifier)) {
        throw refused("Sessions are partitioned by columns", key);
      }
      columns.add(key);
    }
    return columns.isEmpty()
        ? Optional.empty()
        : Optional.of(
            SqlStdOperatorTable.DESCRIPTOR.createCall(partition.getParserPosition(), columns));
  }

  private SqlException refused(String reason, SqlNode at) {
    return new SqlException(
        ErrorCode.SQL_UNSUPPORTED,
        "Cannot run " + source.fragment(Positions.span(at)) + ". " + reason + ".",
        source,
        Positions.span(at));
  }

  private static SqlNode assigned(SqlNode value, SqlNode name) {
    return SqlStdOperatorTable.ARGUMENT_ASSIGNMENT.createCall(
        value.getParserPosition(), value, name);
  }
}
