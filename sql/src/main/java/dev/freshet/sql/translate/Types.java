package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.dialect.DataTypes;
import java.util.Optional;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.type.SqlTypeName;

/** Calcite's types to ours. */
final class Types {
  private Types() {}

  static Optional<DataType> of(RelDataType type) {
    return DataTypes.of(type);
  }

  static boolean isCollection(DataType type) {
    return switch (type) {
      case DataType.Array _, DataType.Map _, DataType.Row _ -> true;
      case Simple _, DataType.Decimal _ -> false;
    };
  }

  static boolean isInterval(RelDataType type) {
    return DataTypes.isInterval(type);
  }

  static boolean isYearMonth(RelDataType type) {
    return SqlTypeName.YEAR_INTERVAL_TYPES.contains(type.getSqlTypeName());
  }

  static boolean isInteger(DataType type) {
    // Not a switch: one over constants of a sealed type takes 10 ms when it is first come to.
    return type == Simple.TINYINT
        || type == Simple.SMALLINT
        || type == Simple.INTEGER
        || type == Simple.BIGINT;
  }

  static boolean isFloating(DataType type) {
    return type == Simple.REAL || type == Simple.DOUBLE;
  }

  static boolean isNumeric(DataType type) {
    return isInteger(type) || isFloating(type) || type instanceof DataType.Decimal;
  }

  /** The DECIMAL that holds every value of an exact type. */
  static DataType.Decimal asDecimal(DataType type) {
    return switch (type) {
      case DataType.Decimal decimal -> decimal;
      case Simple.TINYINT -> new DataType.Decimal(3, 0);
      case Simple.SMALLINT -> new DataType.Decimal(5, 0);
      case Simple.INTEGER -> new DataType.Decimal(10, 0);
      case Simple _, DataType.Array _, DataType.Map _, DataType.Row _ ->
          new DataType.Decimal(19, 0);
    };
  }

  /** The numeric type in which two numbers are compared. */
  static DataType common(DataType left, DataType right) {
    if (left.equals(right)) {
      return left;
    }
    if (isFloating(left) || isFloating(right)) {
      return Simple.DOUBLE;
    }
    if (isInteger(left) && isInteger(right)) {
      return asDecimal(left).precision() >= asDecimal(right).precision() ? left : right;
    }
    DataType.Decimal a = asDecimal(left);
    DataType.Decimal b = asDecimal(right);
    int scale = Math.max(a.scale(), b.scale());
    int digits = Math.max(a.precision() - a.scale(), b.precision() - b.scale());
    return new DataType.Decimal(Math.min(DataType.Decimal.MAX_PRECISION, digits + scale), scale);
  }
}
