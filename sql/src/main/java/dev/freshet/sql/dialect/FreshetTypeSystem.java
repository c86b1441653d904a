package dev.freshet.sql.dialect;

import dev.freshet.core.type.DataType;
import java.math.RoundingMode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeSystemImpl;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;

/**
 * Limits and result types: DECIMAL to 38 digits, times to microseconds, decimal arithmetic as Flink
 * has it (its LogicalTypeMerging), sums and averages as {@link dev.freshet.sql.plan.AggregateCall}
 * says.
 */
final class FreshetTypeSystem extends RelDataTypeSystemImpl {
  private static final int MAX = DataType.Decimal.MAX_PRECISION;
  private static final int MICROS = 6;
  private static final int MIN_DIVISION_SCALE = 6;

  @Override
  public int getMaxPrecision(SqlTypeName type) {
    return switch (type) {
      case DECIMAL -> MAX;
      case CHAR, VARCHAR, BINARY, VARBINARY -> Integer.MAX_VALUE;
      case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> MICROS;
      default -> super.getMaxPrecision(type);
    };
  }

  @Override
  public int getMaxScale(SqlTypeName type) {
    return type == SqlTypeName.DECIMAL ? MAX : super.getMaxScale(type);
  }

  @Override
  public int getDefaultPrecision(SqlTypeName type) {
    return switch (type) {
      case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> MICROS;
      // DECIMAL without precision is DECIMAL(10, 0), as in Flink.
      case DECIMAL -> 10;
      default -> super.getDefaultPrecision(type);
    };
  }

  @Override
  public RoundingMode roundingMode() {
    return RoundingMode.HALF_UP;
  }

  @Override
  public boolean shouldConvertRaggedUnionTypesToVarying() {
    return true;
  }

  @Override
  public RelDataType deriveSumType(RelDataTypeFactory factory, RelDataType argument) {
    return switch (argument.getSqlTypeName()) {
      case TINYINT, SMALLINT, INTEGER, BIGINT -> like(factory, argument, SqlTypeName.BIGINT);
      case DECIMAL -> decimal(factory, argument, argument.getScale());
      case REAL, FLOAT, DOUBLE -> like(factory, argument, SqlTypeName.DOUBLE);
      default -> argument;
    };
  }

  @Override
  public RelDataType deriveAvgAggType(RelDataTypeFactory factory, RelDataType argument) {
    return switch (argument.getSqlTypeName()) {
      case DECIMAL -> decimal(factory, argument, Math.max(MIN_DIVISION_SCALE, argument.getScale()));
      case REAL, FLOAT, DOUBLE -> like(factory, argument, SqlTypeName.DOUBLE);
      default -> argument;
    };
  }

  @Override
  public RelDataType deriveDecimalPlusType(
      RelDataTypeFactory factory, RelDataType left, RelDataType right) {
    if (notDecimal(left, right)) {
      return none();
    }
    int scale = Math.max(left.getScale(), right.getScale());
    int digits =
        Math.max(left.getPrecision() - left.getScale(), right.getPrecision() - right.getScale());
    return adjusted(factory, digits + scale + 1, scale);
  }

  @Override
  public RelDataType deriveDecimalMultiplyType(
      RelDataTypeFactory factory, RelDataType left, RelDataType right) {
    if (notDecimal(left, right)) {
      return none();
    }
    return adjusted(
        factory,
        left.getPrecision() + right.getPrecision() + 1,
        left.getScale() + right.getScale());
  }

  @Override
  public RelDataType deriveDecimalDivideType(
      RelDataTypeFactory factory, RelDataType left, RelDataType right) {
    if (notDecimal(left, right)) {
      return none();
    }
    int scale = Math.max(MIN_DIVISION_SCALE, left.getScale() + right.getPrecision() + 1);
    int precision = left.getPrecision() - left.getScale() + right.getScale() + scale;
    return adjusted(factory, precision, scale);
  }

  @Override
  public RelDataType deriveDecimalModType(
      RelDataTypeFactory factory, RelDataType left, RelDataType right) {
    if (notDecimal(left, right)) {
      return none();
    }
    int scale = Math.max(left.getScale(), right.getScale());
    int digits =
        Math.min(left.getPrecision() - left.getScale(), right.getPrecision() - right.getScale());
    return adjusted(factory, digits + scale, scale);
  }

  /**
   * Cuts a type that needs more than 38 digits: the digits before the point are kept, those after
   * it give way down to 6.
   */
  private static RelDataType adjusted(RelDataTypeFactory factory, int precision, int scale) {
    if (precision <= MAX) {
      return factory.createSqlType(SqlTypeName.DECIMAL, precision, scale);
    }
    int digits = precision - scale;
    int kept = Math.max(MAX - digits, Math.min(scale, MIN_DIVISION_SCALE));
    return factory.createSqlType(SqlTypeName.DECIMAL, MAX, Math.min(kept, scale));
  }

  /** The interface's way to say that the rule does not apply. */
  @SuppressWarnings("NullAway")
  private static RelDataType none() {
    return null;
  }

  private static boolean notDecimal(RelDataType left, RelDataType right) {
    return !SqlTypeUtil.isExactNumeric(left)
        || !SqlTypeUtil.isExactNumeric(right)
        || !(SqlTypeUtil.isDecimal(left) || SqlTypeUtil.isDecimal(right));
  }

  private static RelDataType like(
      RelDataTypeFactory factory, RelDataType argument, SqlTypeName name) {
    return factory.createTypeWithNullability(factory.createSqlType(name), argument.isNullable());
  }

  private static RelDataType decimal(RelDataTypeFactory factory, RelDataType argument, int scale) {
    return factory.createTypeWithNullability(
        factory.createSqlType(SqlTypeName.DECIMAL, MAX, scale), argument.isNullable());
  }
}
