package dev.freshet.kafka.message;

import java.util.Optional;

/** What a message's value says. */
public enum Envelope {
  /** It is the row; a message without a value deletes the row of its key. */
  NONE,
  /** It is Debezium's event: operation, the row before and after. */
  DEBEZIUM;

  /** As it is written, in small letters. */
  public static Optional<Envelope> parse(String text) {
    return switch (text) {
      case "none" -> Optional.of(NONE);
      case "debezium" -> Optional.of(DEBEZIUM);
      default -> Optional.empty();
    };
  }
}
