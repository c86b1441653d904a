package dev.freshet.kafka.message;

import java.util.Optional;

/** How the values of messages are written. */
public enum MessageFormat {
  /** A JSON object. */
  JSON,
  /** Avro behind the id of its schema in a registry. */
  AVRO,
  /** Protobuf behind the id of its schema in a registry, and the place of its message in that. */
  PROTOBUF,
  /** Bytes that are kept as they are. */
  RAW;

  /** As it is written, in small letters. */
  public static Optional<MessageFormat> parse(String text) {
    return switch (text) {
      case "json" -> Optional.of(JSON);
      case "avro" -> Optional.of(AVRO);
      case "protobuf" -> Optional.of(PROTOBUF);
      case "raw" -> Optional.of(RAW);
      default -> Optional.empty();
    };
  }
}
