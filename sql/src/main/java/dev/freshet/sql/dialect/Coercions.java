package dev.freshet.sql.dialect;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.implicit.TypeCoercionImpl;
import org.jspecify.annotations.Nullable;

/**
 * Conversions that SQL text need not write: among numbers, among times, and of text that is
 * compared with a time or a number. Text never becomes a number in arithmetic: that would hide a
 * mistake.
 */
final class Coercions extends TypeCoercionImpl {
  Coercions(RelDataTypeFactory types, SqlValidator validator) {
    super(types, validator);
  }

  @Override
  public boolean binaryArithmeticCoercion(SqlCallBinding binding) {
    return binding.collectOperandTypes().stream().noneMatch(SqlTypeUtil::inCharFamily)
        && super.binaryArithmeticCoercion(binding);
  }

  @Override
  public @Nullable RelDataType implicitCast(RelDataType in, SqlTypeFamily expected) {
    boolean textToNumber =
        SqlTypeUtil.inCharFamily(in)
            && (expected == SqlTypeFamily.NUMERIC
                || expected == SqlTypeFamily.INTEGER
                || expected == SqlTypeFamily.EXACT_NUMERIC
                || expected == SqlTypeFamily.APPROXIMATE_NUMERIC);
    return textToNumber ? null : super.implicitCast(in, expected);
  }
}
