package dev.freshet.core.batch;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Boxed values for edges and tests: {@link Boolean}; {@link Long} for all integers; {@link
 * BigDecimal}; {@link Double} for REAL and DOUBLE; {@link String} for VARCHAR and JSON; {@code
 * byte[]}; {@link LocalDate}; {@link LocalTime}; {@link LocalDateTime} for TIMESTAMP; {@link
 * Instant} for TIMESTAMP_LTZ; {@link UUID}; {@link List} for ARRAY, and for ROW its fields in
 * order; {@link Map} for MAP; {@code null} for NULL.
 */
public final class Values {
  private static final long MICROS_PER_SECOND = 1_000_000;

  private Values() {}

  /** The value of one cell. */
  public static @Nullable Object read(DataType type, Vector vector, int row) {
    if (vector.isNull(row)) {
      return null;
    }
    return switch (vector) {
      case BooleanVector v -> v.values()[row];
      case DoubleVector v -> v.values()[row];
      case Int128Vector v -> new BigDecimal(v.value(row), scaleOf(type));
      case LongVector v -> readLong(type, v.values()[row]);
      case BytesVector v -> readBytes(type, v, row);
    };
  }

  /** All values of one row. */
  public static @Nullable Object[] readRow(Batch batch, int row) {
    @Nullable Object[] values = new Object[batch.schema().columnCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = read(batch.schema().type(i), batch.column(i), row);
    }
    return values;
  }

  /**
   * Appends a boxed value. Integers may come as any {@link Number} without a fraction; decimals are
   * rescaled only when that loses nothing.
   *
   * @throws FreshetException {@link ErrorCode#VALUE_INVALID} when the value does not fit the type
   */
  public static void append(VectorBuilder builder, DataType type, @Nullable Object value) {
    if (value == null) {
      builder.appendNull();
      return;
    }
    try {
      switch (type) {
        case DataType.Decimal decimal -> appendDecimal(builder, decimal, value);
        case DataType.Array array -> {
          byte[] bytes = ArrayCodec.encode(array.element(), (List<?>) value);
          builder.appendBytes(bytes, 0, bytes.length);
        }
        case DataType.Map map -> {
          byte[] bytes = MapCodec.encode(map, (Map<?, ?>) value);
          builder.appendBytes(bytes, 0, bytes.length);
        }
        case DataType.Row row -> {
          byte[] bytes = RowCodec.encode(row, (List<?>) value);
          builder.appendBytes(bytes, 0, bytes.length);
        }
        case Simple simple -> appendSimple(builder, simple, value);
      }
    } catch (ClassCastException
        | ArithmeticException
        | DateTimeException
        | IllegalArgumentException e) {
      throw new FreshetException(
          ErrorCode.VALUE_INVALID,
          "Invalid value for "
              + type.sql()
              + ": "
              + value
              + " ("
              + value.getClass().getSimpleName()
              + ").",
          e);
    }
  }

  private static void appendSimple(VectorBuilder builder, Simple type, Object value) {
    switch (type) {
      case BOOLEAN -> builder.appendBoolean((Boolean) value);
      case TINYINT -> builder.appendLong(integer(value, Byte.MIN_VALUE, Byte.MAX_VALUE));
      case SMALLINT -> builder.appendLong(integer(value, Short.MIN_VALUE, Short.MAX_VALUE));
      case INTEGER -> builder.appendLong(integer(value, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case BIGINT -> builder.appendLong(integer(value, Long.MIN_VALUE, Long.MAX_VALUE));
      case REAL -> builder.appendDouble(((Number) value).floatValue());
      case DOUBLE -> builder.appendDouble(((Number) value).doubleValue());
      case VARCHAR, JSON -> appendText(builder, (String) value);
      case BINARY -> {
        byte[] bytes = (byte[]) value;
        builder.appendBytes(bytes, 0, bytes.length);
      }
      case DATE -> builder.appendLong(((LocalDate) value).toEpochDay());
      case TIME -> builder.appendLong(((LocalTime) value).toNanoOfDay() / 1000);
      case TIMESTAMP ->
          builder.appendLong(micros(((LocalDateTime) value).toInstant(ZoneOffset.UTC)));
      case TIMESTAMP_LTZ -> builder.appendLong(micros((Instant) value));
      case UUID -> {
        UUID uuid = (UUID) value;
        byte[] bytes =
            ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
        builder.appendBytes(bytes, 0, bytes.length);
      }
    }
  }

  /** Appends text as UTF-8. */
  public static void appendText(VectorBuilder builder, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    builder.appendBytes(bytes, 0, bytes.length);
  }

  private static void appendDecimal(VectorBuilder builder, DataType.Decimal type, Object value) {
    BigDecimal decimal = value instanceof BigDecimal d ? d : new BigDecimal(value.toString());
    BigInteger unscaled = decimal.setScale(type.scale(), RoundingMode.UNNECESSARY).unscaledValue();
    if (new BigDecimal(unscaled).precision() > type.precision()) {
      throw new ArithmeticException("more than " + type.precision() + " digits");
    }
    if (type.precision() <= DataType.Decimal.MAX_LONG_PRECISION) {
      builder.appendLong(unscaled.longValueExact());
    } else {
      builder.appendInt128(unscaled.shiftRight(64).longValue(), unscaled.longValue());
    }
  }

  private static Object readLong(DataType type, long value) {
    return switch (type) {
      case DataType.Decimal decimal -> BigDecimal.valueOf(value, decimal.scale());
      case DataType.Array _, DataType.Map _, DataType.Row _ ->
          throw new IllegalStateException("collections lie in a bytes vector");
      case Simple simple ->
          switch (simple) {
            case DATE -> LocalDate.ofEpochDay(value);
            case TIME -> LocalTime.ofNanoOfDay(value * 1000);
            case TIMESTAMP -> LocalDateTime.ofInstant(instant(value), ZoneOffset.UTC);
            case TIMESTAMP_LTZ -> instant(value);
            case BOOLEAN,
                TINYINT,
                SMALLINT,
                INTEGER,
                BIGINT,
                REAL,
                DOUBLE,
                VARCHAR,
                BINARY,
                UUID,
                JSON ->
                value;
          };
    };
  }

  private static Object readBytes(DataType type, BytesVector vector, int row) {
    return switch (type) {
      case DataType.Array array -> ArrayCodec.decode(array.element(), vector.copyOf(row));
      case DataType.Map map -> MapCodec.decode(map, vector.copyOf(row));
      case DataType.Row fields -> RowCodec.decode(fields, vector.copyOf(row));
      case DataType.Decimal _ ->
          throw new IllegalStateException("decimals do not lie in a bytes vector");
      case Simple simple ->
          switch (simple) {
            case BINARY -> vector.copyOf(row);
            case UUID -> {
              ByteBuffer buffer = ByteBuffer.wrap(vector.data(), vector.start(row), 16);
              yield new UUID(buffer.getLong(), buffer.getLong());
            }
            case BOOLEAN,
                TINYINT,
                SMALLINT,
                INTEGER,
                BIGINT,
                REAL,
                DOUBLE,
                VARCHAR,
                DATE,
                TIME,
                TIMESTAMP,
                TIMESTAMP_LTZ,
                JSON ->
                vector.text(row);
          };
    };
  }

  /**
   * A boxed value as text: dates and times in ISO 8601 with the seconds, which {@code java.time}
   * leaves out where they are 0; all else by {@code toString}.
   */
  public static String text(Object value) {
    return switch (value) {
      case LocalTime time when isWholeMinute(time) -> time + ":00";
      case LocalDateTime time when isWholeMinute(time.toLocalTime()) -> time + ":00";
      default -> value.toString();
    };
  }

  private static boolean isWholeMinute(LocalTime time) {
    return time.getSecond() == 0 && time.getNano() == 0;
  }

  /** The instant that lies this many microseconds after 1970-01-01T00:00Z. */
  public static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, MICROS_PER_SECOND), Math.floorMod(micros, MICROS_PER_SECOND) * 1000L);
  }

  /** Microseconds from 1970-01-01T00:00Z to the instant; nanoseconds are cut off. */
  public static long micros(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), MICROS_PER_SECOND), instant.getNano() / 1000);
  }

  private static long integer(Object value, long min, long max) {
    long number = new BigDecimal(value.toString()).longValueExact();
    if (number < min || number > max) {
      throw new ArithmeticException("outside " + min + " to " + max);
    }
    return number;
  }

  private static int scaleOf(DataType type) {
    return ((DataType.Decimal) type).scale();
  }
}
