package dev.freshet.sql.dialect;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/** Calcite's types as ours; {@link FreshetTypeFactory} goes the other way. */
public final class DataTypes {
  private DataTypes() {}

  /**
   * The type that values have in a plan. An interval is a BIGINT (microseconds or months); it
   * cannot be a column of a result, see {@link #isInterval}. NULL without a type is VARCHAR.
   */
  public static Optional<DataType> of(RelDataType type) {
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
    return Optional.ofNullable(part).flatMap(DataTypes::of);
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

  /** Whether the type is an interval, of months or of days and smaller. */
  public static boolean isInterval(RelDataType type) {
    return SqlTypeName.INTERVAL_TYPES.contains(type.getSqlTypeName());
  }
}
