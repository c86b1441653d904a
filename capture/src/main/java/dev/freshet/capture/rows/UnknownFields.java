package dev.freshet.capture.rows;

import java.util.Optional;

/** What becomes of a row with a field that is no column of its table. */
public enum UnknownFields {
  /** The row is refused: a misspelt name must not become a NULL. */
  REFUSE,
  /** The field is left out. */
  IGNORE;

  /** As it is written: {@code refuse} or {@code ignore}. */
  public static Optional<UnknownFields> parse(String text) {
    return switch (text) {
      case "refuse" -> Optional.of(REFUSE);
      case "ignore" -> Optional.of(IGNORE);
      default -> Optional.empty();
    };
  }
}
