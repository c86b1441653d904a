package dev.freshet.sql.dialect;

import java.util.List;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlTypeTransforms;

/**
 * Operators that ask something of a text, and functions that write one from values of any types.
 */
final class TextOperators {
  private TextOperators() {}

  static List<SqlOperator> all() {
    return List.of(
        SqlStdOperatorTable.SIMILAR_TO,
        SqlStdOperatorTable.NOT_SIMILAR_TO,
        SqlStdOperatorTable.OVERLAPS,
        SqlStdOperatorTable.IS_JSON_VALUE,
        SqlStdOperatorTable.IS_NOT_JSON_VALUE,
        SqlStdOperatorTable.IS_JSON_OBJECT,
        SqlStdOperatorTable.IS_NOT_JSON_OBJECT,
        SqlStdOperatorTable.IS_JSON_ARRAY,
        SqlStdOperatorTable.IS_NOT_JSON_ARRAY,
        SqlStdOperatorTable.IS_JSON_SCALAR,
        SqlStdOperatorTable.IS_NOT_JSON_SCALAR,
        SqlStdOperatorTable.JSON_OBJECT,
        SqlStdOperatorTable.JSON_ARRAY,
        FreshetFunctions.function(
            "PRINTF",
            ReturnTypes.VARCHAR.andThen(SqlTypeTransforms.FORCE_NULLABLE),
            OperandTypes.variadic(SqlOperandCountRanges.from(1))));
  }
}
