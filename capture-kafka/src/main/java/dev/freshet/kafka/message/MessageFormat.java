package dev.freshet.kafka.message;

import java.util.Optional;

/** How the values of messages are written. */
public enum MessageFormat {
  /** A JSON object. */
  JSON,
  /** Avro behind the id of its schema in a registry. */
  AVRO,
  /** Bytes that are kept as they are. */
  RAW;

  /** As it is written, in small letters. */
  public static Optional<MessageFormat> parse(String text) {
    return switch (text) {
      case "json" -> Optional.of(JSON);
      case "avro" -> Optional.of(AVRO);
      case "raw" -> Optional.of(RAW);
      default -> Optional.empty();
    };
  }
}
