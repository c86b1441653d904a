package dev.freshet.sql.dialect;

import java.util.Objects;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.SqlTumbleTableFunction;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeName;

/**
 * {@code TUMBLE(TABLE t, DESCRIPTOR(c), size [, offset])}: the columns of the table, then
 * window_start and window_end (TIMESTAMP) and window_time (the type of the time column), as in
 * Flink. Rows without a time are left out, so the three are never NULL.
 */
final class TumbleFunction extends SqlTumbleTableFunction {
  @Override
  public SqlReturnTypeInference getRowTypeInference() {
    return TumbleFunction::rowType;
  }

  private static RelDataType rowType(SqlOperatorBinding binding) {
    RelDataType input = binding.getOperandType(0);
    RelDataTypeFactory factory = binding.getTypeFactory();
    RelDataType time = factory.createTypeWithNullability(timeType((SqlCallBinding) binding), false);
    return factory
        .builder()
        .kind(input.getStructKind())
        .addAll(input.getFieldList())
        .add("window_start", SqlTypeName.TIMESTAMP, 6)
        .add("window_end", SqlTypeName.TIMESTAMP, 6)
        .add("window_time", time)
        .build();
  }

  private static RelDataType timeType(SqlCallBinding binding) {
    SqlIdentifier name = ((SqlCall) binding.operand(1)).operand(0);
    RelDataTypeField field =
        binding
            .getValidator()
            .getCatalogReader()
            .nameMatcher()
            .field(binding.getOperandType(0), name.getSimple());
    return Objects.requireNonNull(field, "the descriptor was checked").getType();
  }
}
