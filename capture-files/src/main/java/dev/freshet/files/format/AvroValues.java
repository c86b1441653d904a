package dev.freshet.files.format;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Avro's values as Java's, by their logical types. */
final class AvroValues {
  private AvroValues() {}

  static @Nullable Object plain(Schema schema, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    return switch (schema.getType()) {
      case UNION ->
          plain(schema.getTypes().get(GenericData.get().resolveUnion(schema, value)), value);
      case RECORD -> {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        GenericRecord row = (GenericRecord) value;
        for (Schema.Field field : schema.getFields()) {
          fields.put(field.name(), plain(field.schema(), row.get(field.pos())));
        }
        yield fields;
      }
      case ARRAY -> {
        List<@Nullable Object> elements = new ArrayList<>();
        for (Object element : (Collection<?>) value) {
          elements.add(plain(schema.getElementType(), element));
        }
        yield elements;
      }
      case MAP -> {
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        ((Map<?, ?>) value)
            .forEach(
                (key, each) -> entries.put(key.toString(), plain(schema.getValueType(), each)));
        yield entries;
      }
      case BYTES, FIXED -> bytes(schema.getLogicalType(), bytes(value));
      case INT, LONG -> whole(schema.getLogicalType(), ((Number) value).longValue());
      case STRING, ENUM -> value.toString();
      case NULL, BOOLEAN, FLOAT, DOUBLE -> value;
    };
  }

  private static byte[] bytes(Object value) {
    if (value instanceof GenericFixed fixed) {
      return fixed.bytes();
    }
    ByteBuffer buffer = ((ByteBuffer) value).duplicate();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static Object bytes(@Nullable LogicalType type, byte[] bytes) {
    return type instanceof LogicalTypes.Decimal decimal
        ? new BigDecimal(new BigInteger(bytes), decimal.getScale())
        : bytes;
  }

  private static Object whole(@Nullable LogicalType type, long value) {
    return switch (type == null ? "" : type.getName()) {
      case "date" -> LocalDate.ofEpochDay(value);
      case "time-millis" -> LocalTime.ofNanoOfDay(value * 1_000_000);
      case "time-micros" -> LocalTime.ofNanoOfDay(value * 1_000);
      case "timestamp-millis" -> Instant.ofEpochMilli(value);
      case "timestamp-micros" -> Instant.EPOCH.plus(value, ChronoUnit.MICROS);
      case "timestamp-nanos" -> Instant.EPOCH.plus(value, ChronoUnit.NANOS);
      case "local-timestamp-millis" -> local(Instant.ofEpochMilli(value));
      case "local-timestamp-micros" -> local(Instant.EPOCH.plus(value, ChronoUnit.MICROS));
      case "local-timestamp-nanos" -> local(Instant.EPOCH.plus(value, ChronoUnit.NANOS));
      default -> value;
    };
  }

  private static LocalDateTime local(Instant instant) {
    return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
  }
}
