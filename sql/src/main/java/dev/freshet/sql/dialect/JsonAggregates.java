package dev.freshet.sql.dialect;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.fun.SqlJsonArrayAggAggFunction;
import org.apache.calcite.sql.fun.SqlJsonObjectAggAggFunction;

/**
 * JSON_ARRAYAGG and JSON_OBJECTAGG that may be NULL: Calcite's own never are, but they are over no
 * rows, and then conditions on them go wrong.
 */
final class JsonAggregates {
  private JsonAggregates() {}

  /** The call with our function in place of Calcite's. */
  static SqlCall nullable(SqlCall call) {
    return switch (call.getOperator()) {
      case SqlJsonArrayAggAggFunction array -> with(call, new JsonArray(array));
      case SqlJsonObjectAggAggFunction object -> with(call, new JsonObject(object));
      default -> call;
    };
  }

  private static SqlCall with(SqlCall call, SqlOperator operator) {
    return new SqlBasicCall(
        operator, call.getOperandList(), call.getParserPosition(), call.getFunctionQuantifier());
  }

  private static RelDataType nullable(SqlOperatorBinding binding, RelDataType type) {
    RelDataTypeFactory types = binding.getTypeFactory();
    return types.createTypeWithNullability(type, true);
  }

  private static final class JsonArray extends SqlJsonArrayAggAggFunction {
    JsonArray(SqlJsonArrayAggAggFunction function) {
      super(function.getKind(), function.getNullClause());
    }

    @Override
    public RelDataType inferReturnType(SqlOperatorBinding binding) {
      return nullable(binding, super.inferReturnType(binding));
    }
  }

  private static final class JsonObject extends SqlJsonObjectAggAggFunction {
    JsonObject(SqlJsonObjectAggAggFunction function) {
      super(function.getKind(), function.getNullClause());
    }

    @Override
    public RelDataType inferReturnType(SqlOperatorBinding binding) {
      return nullable(binding, super.inferReturnType(binding));
    }
  }
}
