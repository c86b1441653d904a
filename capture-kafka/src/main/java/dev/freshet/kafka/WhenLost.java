package dev.freshet.kafka;

import java.util.Optional;

/** What is done when the broker has no more what the log has not got yet. */
public enum WhenLost {
  /** The source stops with an error that says what can be done. */
  STOP,
  /** It goes on at the oldest message that is kept; the status says so. */
  EARLIEST,
  /** It goes on behind the newest message; the status says so. */
  LATEST;

  /** As it is written, in small letters. */
  public static Optional<WhenLost> parse(String text) {
    return switch (text) {
      case "stop" -> Optional.of(STOP);
      case "earliest" -> Optional.of(EARLIEST);
      case "latest" -> Optional.of(LATEST);
      default -> Optional.empty();
    };
  }
}
