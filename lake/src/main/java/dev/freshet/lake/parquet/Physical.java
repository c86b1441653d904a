package dev.freshet.lake.parquet;

import dev.freshet.core.type.DataType;
import org.apache.parquet.format.Type;

/** How values of a type lie in a Parquet page, as Iceberg's specification maps them. */
enum Physical {
  BOOLEAN(Type.BOOLEAN, 0),
  INT32(Type.INT32, 4),
  INT64(Type.INT64, 8),
  FLOAT(Type.FLOAT, 4),
  DOUBLE(Type.DOUBLE, 8),
  BYTES(Type.BYTE_ARRAY, 0),
  /** A UUID's 16 bytes. */
  FIXED_BYTES(Type.FIXED_LEN_BYTE_ARRAY, 16),
  /** A decimal of more than 18 digits: big-endian two's complement of {@link #decimalBytes}. */
  FIXED_DECIMAL(Type.FIXED_LEN_BYTE_ARRAY, 0);

  private static final int MAX_INT_PRECISION = 9;
  private static final double BITS_PER_DIGIT = Math.log(10) / Math.log(2);

  private final Type type;
  private final int width;

  Physical(Type type, int width) {
    this.type = type;
    this.width = width;
  }

  Type type() {
    return type;
  }

  /** Bytes per value, 0 when that depends on the value or the type. */
  int width() {
    return width;
  }

  static Physical of(DataType type) {
    return switch (type) {
      case DataType.Decimal d ->
          d.precision() <= MAX_INT_PRECISION
              ? INT32
              : d.precision() <= DataType.Decimal.MAX_LONG_PRECISION ? INT64 : FIXED_DECIMAL;
      case DataType.Array a -> of(a.element());
      case DataType.Map _, DataType.Row _ ->
          throw new IllegalStateException("no page holds a whole " + type.sql());
      case DataType.Simple simple ->
          switch (simple) {
            case BOOLEAN -> BOOLEAN;
            case TINYINT, SMALLINT, INTEGER, DATE -> INT32;
            case BIGINT, TIME, TIMESTAMP, TIMESTAMP_LTZ -> INT64;
            case REAL -> FLOAT;
            case DOUBLE -> DOUBLE;
            case VARCHAR, BINARY, JSON -> BYTES;
            case UUID -> FIXED_BYTES;
          };
    };
  }

  /** The fewest bytes that hold every decimal of this precision. */
  static int decimalBytes(int precision) {
    return (int) Math.ceil((precision * BITS_PER_DIGIT + 1) / 8);
  }
}
