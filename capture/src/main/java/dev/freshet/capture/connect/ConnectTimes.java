package dev.freshet.capture.connect;

import dev.freshet.capture.connect.Times.Unit;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import org.jspecify.annotations.Nullable;

/** What a number counts, by the name that Connect's schema gives it. */
public final class ConnectTimes {
  private static final String CONNECT = "org.apache.kafka.connect.data.";
  private static final String DEBEZIUM = "io.debezium.time.";

  private ConnectTimes() {}

  /** Null when the name says nothing of it, or the type is another. */
  public static @Nullable Unit unit(String name, DataType type) {
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

  /** Whether the type is one of a date and a time. */
  public static boolean isStamp(DataType type) {
    return type == Simple.TIMESTAMP || type == Simple.TIMESTAMP_LTZ;
  }
}
