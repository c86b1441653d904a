package dev.freshet.lake.catalog;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import dev.freshet.lake.parquet.FieldIds;
import dev.freshet.lake.parquet.FileColumn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Freshet's schemas as Iceberg's, and back.
 *
 * <pre>
 * TINYINT SMALLINT INTEGER  int        VARCHAR JSON   string     DATE           date
 * BIGINT                    long       BINARY         binary     TIME           time
 * REAL                      float      UUID           uuid       TIMESTAMP      timestamp
 * DOUBLE                    double     BOOLEAN        boolean    TIMESTAMP_LTZ  timestamptz
 * DECIMAL(p, s)             decimal    t ARRAY        list of optional t
 * </pre>
 *
 * <p>The way back gives the widest type of each row: INTEGER for int, VARCHAR for string.
 */
public final class IcebergSchemas {
  private IcebergSchemas() {}

  /**
   * The Iceberg schema; its identifier fields are the key, where Iceberg allows that: columns that
   * are never NULL and not floating-point.
   */
  public static org.apache.iceberg.Schema toIceberg(Schema schema, int[] key) {
    List<Types.NestedField> fields = new ArrayList<>();
    AtomicInteger nextId = new AtomicInteger(schema.columnCount() + 1);
    for (int i = 0; i < schema.columnCount(); i++) {
      Column column = schema.column(i);
      Type type = toIceberg(column.type(), nextId::getAndIncrement);
      fields.add(
          column.mayBeNull()
              ? Types.NestedField.optional(i + 1, column.name(), type)
              : Types.NestedField.required(i + 1, column.name(), type));
    }
    Set<Integer> identifiers = new HashSet<>();
    for (int column : key) {
      if (!mayIdentify(schema.column(column))) {
        return new org.apache.iceberg.Schema(fields);
      }
      identifiers.add(column + 1);
    }
    return new org.apache.iceberg.Schema(fields, identifiers);
  }

  private static boolean mayIdentify(Column column) {
    return !column.mayBeNull()
        && column.type() != DataType.Simple.REAL
        && column.type() != DataType.Simple.DOUBLE
        && (column.type() instanceof DataType.Simple || column.type() instanceof DataType.Decimal);
  }

  /** The Iceberg type; the parts of a collection get ids of their own. */
  private static Type toIceberg(DataType type, IntSupplier nextId) {
    return switch (type) {
      case DataType.Decimal decimal -> Types.DecimalType.of(decimal.precision(), decimal.scale());
      case DataType.Array array -> {
        int element = nextId.getAsInt();
        yield Types.ListType.ofOptional(element, toIceberg(array.element(), nextId));
      }
      case DataType.Map map -> {
        int key = nextId.getAsInt();
        int value = nextId.getAsInt();
        Type keyType = toIceberg(map.key(), nextId);
        yield Types.MapType.ofOptional(key, value, keyType, toIceberg(map.value(), nextId));
      }
      case DataType.Row row -> {
        List<Types.NestedField> fields = new ArrayList<>();
        for (DataType.Row.Field field : row.fields()) {
          int id = nextId.getAsInt();
          fields.add(Types.NestedField.optional(id, field.name(), toIceberg(field.type(), nextId)));
        }
        yield Types.StructType.of(fields);
      }
      case DataType.Simple simple ->
          switch (simple) {
            case BOOLEAN -> Types.BooleanType.get();
            case TINYINT, SMALLINT, INTEGER -> Types.IntegerType.get();
            case BIGINT -> Types.LongType.get();
            case REAL -> Types.FloatType.get();
            case DOUBLE -> Types.DoubleType.get();
            case VARCHAR, JSON -> Types.StringType.get();
            case BINARY -> Types.BinaryType.get();
            case DATE -> Types.DateType.get();
            case TIME -> Types.TimeType.get();
            case TIMESTAMP -> Types.TimestampType.withoutZone();
            case TIMESTAMP_LTZ -> Types.TimestampType.withZone();
            case UUID -> Types.UUIDType.get();
          };
    };
  }

  /** The columns of the table with their ids, with the types that {@code schema} gives them. */
  public static List<FileColumn> columns(org.apache.iceberg.Schema iceberg, Schema schema) {
    List<FileColumn> columns = new ArrayList<>();
    for (Column column : schema.columns()) {
      Types.NestedField field = iceberg.findField(column.name());
      if (field == null) {
        throw new FreshetException(
            ErrorCode.NOT_FOUND, "Cannot find column " + column.name() + " in the lake's table.");
      }
      columns.add(column(field, column));
    }
    return columns;
  }

  /** The columns of the table with their ids and the types that follow from Iceberg's. */
  public static List<FileColumn> columns(org.apache.iceberg.Schema iceberg) {
    List<FileColumn> columns = new ArrayList<>();
    for (Types.NestedField field : iceberg.columns()) {
      DataType type = fromIceberg(field.type());
      columns.add(
          column(
              field,
              field.isOptional()
                  ? Column.nullable(field.name(), type)
                  : Column.notNull(field.name(), type)));
    }
    return columns;
  }

  private static FileColumn column(Types.NestedField field, Column column) {
    return new FileColumn(column, ids(field.fieldId(), field.type()));
  }

  private static FieldIds ids(int id, Type type) {
    List<FieldIds> parts = new ArrayList<>();
    if (type.isNestedType()) {
      for (Types.NestedField part : type.asNestedType().fields()) {
        parts.add(ids(part.fieldId(), part.type()));
      }
    }
    return new FieldIds(id, parts);
  }

  /** Whether a table of one schema can hold rows of the other without a change. */
  public static boolean sameColumns(
      org.apache.iceberg.Schema iceberg, org.apache.iceberg.Schema other) {
    if (iceberg.columns().size() != other.columns().size()) {
      return false;
    }
    for (Types.NestedField field : other.columns()) {
      Types.NestedField own = iceberg.findField(field.name());
      if (own == null
          || !sameType(own.type(), field.type())
          || own.isOptional() != field.isOptional()) {
        return false;
      }
    }
    return true;
  }

  /** Whether two types are the same apart from ids. */
  public static boolean sameType(Type a, @Nullable Type b) {
    if (b == null || !a.isNestedType() || !b.isNestedType()) {
      return a.equals(b);
    }
    List<Types.NestedField> parts = a.asNestedType().fields();
    List<Types.NestedField> others = b.asNestedType().fields();
    boolean same = a.typeId() == b.typeId() && parts.size() == others.size();
    for (int i = 0; same && i < parts.size(); i++) {
      same =
          parts.get(i).name().equals(others.get(i).name())
              && sameType(parts.get(i).type(), others.get(i).type());
    }
    return same;
  }

  private static DataType fromIceberg(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN -> DataType.Simple.BOOLEAN;
      case INTEGER -> DataType.Simple.INTEGER;
      case LONG -> DataType.Simple.BIGINT;
      case FLOAT -> DataType.Simple.REAL;
      case DOUBLE -> DataType.Simple.DOUBLE;
      case STRING -> DataType.Simple.VARCHAR;
      case BINARY -> DataType.Simple.BINARY;
      case DATE -> DataType.Simple.DATE;
      case TIME -> DataType.Simple.TIME;
      case TIMESTAMP ->
          ((Types.TimestampType) type).shouldAdjustToUTC()
              ? DataType.Simple.TIMESTAMP_LTZ
              : DataType.Simple.TIMESTAMP;
      case UUID -> DataType.Simple.UUID;
      case DECIMAL ->
          new DataType.Decimal(
              ((Types.DecimalType) type).precision(), ((Types.DecimalType) type).scale());
      case LIST -> new DataType.Array(fromIceberg(type.asListType().elementType()));
      case MAP ->
          new DataType.Map(
              fromIceberg(type.asMapType().keyType()), fromIceberg(type.asMapType().valueType()));
      case STRUCT ->
          new DataType.Row(
              type.asStructType().fields().stream()
                  .map(field -> new DataType.Row.Field(field.name(), fromIceberg(field.type())))
                  .toList());
      case FIXED, VARIANT, UNKNOWN, GEOMETRY, GEOGRAPHY, TIMESTAMP_NANO ->
          throw new FreshetException(
              ErrorCode.TYPE_UNSUPPORTED, "Cannot read a lake column of type " + type + ".");
    };
  }
}
