package dev.freshet.sql.translate;

import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.calcite.rel.type.RelDataType;

/** Types by the names that Flink's TYPEOF gives them. */
final class TypeNames {
  private TypeNames() {}

  static String of(RelDataType type) {
    String name = name(type);
    return type.isNullable() || name.equals("NULL") ? name : name + " NOT NULL";
  }

  private static String name(RelDataType type) {
    return switch (type.getSqlTypeName()) {
      case NULL -> "NULL";
      case INTEGER -> "INT";
      case REAL -> "FLOAT";
      case FLOAT, DOUBLE -> "DOUBLE";
      case DECIMAL -> "DECIMAL(" + type.getPrecision() + ", " + type.getScale() + ")";
      case VARCHAR -> type.getPrecision() < 0 ? "STRING" : sized("VARCHAR", type);
      case CHAR -> sized("CHAR", type);
      case VARBINARY, BINARY -> "BYTES";
      case TIME -> sized("TIME", type);
      case TIMESTAMP -> sized("TIMESTAMP", type);
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> sized("TIMESTAMP_LTZ", type);
      case ARRAY -> "ARRAY<" + of(Objects.requireNonNull(type.getComponentType())) + ">";
      case MAP ->
          "MAP<"
              + of(Objects.requireNonNull(type.getKeyType()))
              + ", "
              + of(Objects.requireNonNull(type.getValueType()))
              + ">";
      case ROW -> row(type);
      default -> Types.of(type).map(known -> known.sql()).orElse(type.getSqlTypeName().getName());
    };
  }

  private static String sized(String name, RelDataType type) {
    return name + "(" + type.getPrecision() + ")";
  }

  private static String row(RelDataType type) {
    return type.getFieldList().stream()
        .map(field -> "`" + field.getName() + "` " + of(field.getType()))
        .collect(Collectors.joining(", ", "ROW<", ">"));
  }
}
