package dev.freshet.sql.dialect;

import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.fun.SqlFirstLastValueAggFunction;
import org.apache.calcite.sql.fun.SqlNthValueAggFunction;

/**
 * FIRST_VALUE, LAST_VALUE and NTH_VALUE that may always be NULL: a frame may be empty, have fewer
 * rows than asked for, or none left without NULLs.
 */
final class FrameFunctions {
  private FrameFunctions() {}

  static List<SqlOperator> all() {
    return List.of(
        new FirstOrLast(SqlKind.FIRST_VALUE), new FirstOrLast(SqlKind.LAST_VALUE), new Nth());
  }

  private static final class FirstOrLast extends SqlFirstLastValueAggFunction {
    FirstOrLast(SqlKind kind) {
      super(kind);
    }

    @Override
    public RelDataType inferReturnType(SqlOperatorBinding call) {
      return nullable(call);
    }
  }

  private static final class Nth extends SqlNthValueAggFunction {
    Nth() {
      super(SqlKind.NTH_VALUE);
    }

    @Override
    public RelDataType inferReturnType(SqlOperatorBinding call) {
      return nullable(call);
    }
  }

  private static RelDataType nullable(SqlOperatorBinding call) {
    return call.getTypeFactory().createTypeWithNullability(call.getOperandType(0), true);
  }
}
