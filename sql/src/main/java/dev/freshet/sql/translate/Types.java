package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.dialect.JsonType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/** Calcite's types to ours. */
final class Types {
  private Types() {}

  /**
   * The type that values have in a plan. An interval is a BIGINT (microseconds or months); it
   * cannot be a column of a result, see {@link #isInterval}. NULL without a type is VARCHAR.
   */
  static Optional<DataType> of(RelDataType type) {
    if (type instanceof JsonType) {
      return Optional.of(Simple.JSON);
    }
    if (isInterval(type)) {
      return Optional.of(Simple.BIGINT);
    }
    if (type.isStruct()) {
      return row(type);
    }
    return switch (type.getSqlTypeName()) {
      case ARRAY -> part(type.getComponentType()).map(DataType.Array::new);
      case MAP -> {
        Optional<DataType> value = part(type.getValueType());
        yield part(type.getKeyType()).flatMap(key -> value.map(v -> new DataType.Map(key, v)));
      }
      default -> simple(type);
    };
  }

  private static Optional<DataType> part(@Nullable RelDataType part) {
    return Optional.ofNullable(part).flatMap(Types::of);
  }

  private static Optional<DataType> row(RelDataType type) {
    List<DataType.Row.Field> fields = new ArrayList<>();
    for (RelDataTypeField field : type.getFieldList()) {
      Optional<DataType> of = of(field.getType());
      if (of.isEmpty()) {
        return Optional.empty();
      }
      fields.add(new DataType.Row.Field(field.getName(), of.get()));
    }
    return Optional.of(new DataType.Row(fields));
  }

  static boolean isCollection(DataType type) {
    return switch (type) {
      case DataType.Array _, DataType.Map _, DataType.Row _ -> true;
      case Simple _, DataType.Decimal _ -> false;
    };
  }

  private static Optional<DataType> simple(RelDataType type) {
    return Optional.ofNullable(
        switch (type.getSqlTypeName()) {
          case BOOLEAN -> Simple.BOOLEAN;
          case TINYINT -> Simple.TINYINT;
          case SMALLINT -> Simple.SMALLINT;
          case INTEGER -> Simple.INTEGER;
          case BIGINT -> Simple.BIGINT;
          case DECIMAL -> new DataType.Decimal(type.getPrecision(), type.getScale());
          // FLOAT has four bytes, as in Flink.
          case REAL, FLOAT -> Simple.REAL;
          case DOUBLE -> Simple.DOUBLE;
          case CHAR, VARCHAR, NULL -> Simple.VARCHAR;
          case BINARY, VARBINARY -> Simple.BINARY;
          case DATE -> Simple.DATE;
          case TIME -> Simple.TIME;
          case TIMESTAMP -> Simple.TIMESTAMP;
          case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> Simple.TIMESTAMP_LTZ;
          case UUID -> Simple.UUID;
          default -> null;
        });
  }

  static boolean isInterval(RelDataType type) {
    return SqlTypeName.INTERVAL_TYPES.contains(type.getSqlTypeName());
  }

  static boolean isYearMonth(RelDataType type) {
    return SqlTypeName.YEAR_INTERVAL_TYPES.contains(type.getSqlTypeName());
  }

  static boolean isInteger(DataType type) {
    return switch (type) {
      case Simple.TINYINT, Simple.SMALLINT, Simple.INTEGER, Simple.BIGINT -> true;
      case Simple _, DataType.Decimal _, DataType.Array _, DataType.Map _, DataType.Row _ -> false;
    };
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
