package dev.freshet.kafka.avro;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.kafka.avro.Times.Unit;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What a number counts, as its schema tells: by its logical type, or the name that Connect gave it.
 */
public final class AvroTimes {
  private static final String CONNECT = "org.apache.kafka.connect.data.";
  private static final String DEBEZIUM = "io.debezium.time.";

  private AvroTimes() {}

  static @Nullable Unit unit(Schema schema, DataType type) {
    String connect = schema.getProp("connect.name");
    Unit named = connect == null ? null : ofConnect(connect, type);
    if (named != null) {
      return named;
    }
    LogicalType logical = schema.getLogicalType();
    if (logical == null) {
      return null;
    }
    return switch (logical.getName()) {
      case "date" -> type == Simple.DATE ? Unit.DAYS : null;
      case "time-millis" -> type == Simple.TIME ? Unit.MILLIS : null;
      case "time-micros" -> type == Simple.TIME ? Unit.MICROS : null;
      case "timestamp-millis", "local-timestamp-millis" -> isStamp(type) ? Unit.MILLIS : null;
      case "timestamp-micros", "local-timestamp-micros" -> isStamp(type) ? Unit.MICROS : null;
      case "timestamp-nanos", "local-timestamp-nanos" -> isStamp(type) ? Unit.NANOS : null;
      default -> null;
    };
  }

  private static boolean isStamp(DataType type) {
    return type == Simple.TIMESTAMP || type == Simple.TIMESTAMP_LTZ;
  }

  /**
   * What a number counts that Connect has named so; null when the name says nothing of it, or the
   * type is another.
   */
  public static @Nullable Unit ofConnect(String name, DataType type) {
    return switch (name) {
      case CONNECT + "Date", DEBEZIUM + "Date" -> type == Simple.DATE ? Unit.DAYS : null;
      case CONNECT + "Time", DEBEZIUM + "Time" -> type == Simple.TIME ? Unit.MILLIS : null;
      case DEBEZIUM + "MicroTime" -> type == Simple.TIME ? Unit.MICROS : null;
      case DEBEZIUM + "NanoTime" -> type == Simple.TIME ? Unit.NANOS : null;
      case CONNECT + "Timestamp", DEBEZIUM + "Timestamp" -> isStamp(type) ? Unit.MILLIS : null;
      case DEBEZIUM + "MicroTimestamp" -> isStamp(type) ? Unit.MICROS : null;
      case DEBEZIUM + "NanoTimestamp" -> isStamp(type) ? Unit.NANOS : null;
      default -> null;
    };
  }
}
