package dev.freshet.kafka.message;

import dev.freshet.capture.connect.Times;
import dev.freshet.capture.rows.UnknownFields;
import java.util.Optional;

/**
 * How messages become rows.
 *
 * @param unknown what becomes of rows with other fields than the table's columns
 * @param times what numbers in columns of times count, where the message does not say it; empty to
 *     refuse them
 */
public record MessageSettings(
    MessageFormat format,
    KeyFormat keyFormat,
    Envelope envelope,
    UnknownFields unknown,
    Optional<Times.Unit> times) {
  /** Whether schemas are asked for. */
  public boolean needsRegistry() {
    return format == MessageFormat.AVRO
        || format == MessageFormat.PROTOBUF
        || keyFormat == KeyFormat.AVRO
        || keyFormat == KeyFormat.PROTOBUF;
  }
}
