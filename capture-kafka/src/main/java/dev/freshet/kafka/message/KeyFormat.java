package dev.freshet.kafka.message;

import java.util.Optional;

/** How the keys of messages are written. */
public enum KeyFormat {
  /** An object with the key's columns, or the value of the only one. */
  JSON,
  /** Avro behind the id of its schema: a record, or the value of the only column. */
  AVRO,
  /** Protobuf behind the id of its schema and the place of its message: a message. */
  PROTOBUF,
  /** The text of the only column of the key. */
  TEXT,
  /** Keys say nothing. */
  NONE;

  /** As it is written, in small letters. */
  public static Optional<KeyFormat> parse(String text) {
    return switch (text) {
      case "json" -> Optional.of(JSON);
      case "avro" -> Optional.of(AVRO);
      case "protobuf" -> Optional.of(PROTOBUF);
      case "text" -> Optional.of(TEXT);
      case "none" -> Optional.of(NONE);
      default -> Optional.empty();
    };
  }

  /** What holds when nothing is said. */
  public static KeyFormat usual(MessageFormat format) {
    return switch (format) {
      case JSON -> JSON;
      case AVRO -> AVRO;
      case PROTOBUF -> PROTOBUF;
      case RAW -> NONE;
    };
  }
}
