package dev.freshet.kafka.avro;

import dev.freshet.capture.connect.ConnectTimes;
import dev.freshet.capture.connect.Times.Unit;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What a number counts, as its schema tells: by its logical type, or the name that Connect gave it.
 */
final class AvroTimes {
  private AvroTimes() {}

  static @Nullable Unit unit(Schema schema, DataType type) {
    String connect = schema.getProp("connect.name");
    Unit named = connect == null ? null : ConnectTimes.unit(connect, type);
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
      case "timestamp-millis", "local-timestamp-millis" ->
          ConnectTimes.isStamp(type) ? Unit.MILLIS : null;
      case "timestamp-micros", "local-timestamp-micros" ->
          ConnectTimes.isStamp(type) ? Unit.MICROS : null;
      case "timestamp-nanos", "local-timestamp-nanos" ->
          ConnectTimes.isStamp(type) ? Unit.NANOS : null;
      default -> null;
    };
  }
}
