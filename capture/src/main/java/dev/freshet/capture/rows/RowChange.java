package dev.freshet.capture.rows;

import java.util.Optional;

/** What a row does to its table. */
public enum RowChange {
  /** It is added, or takes the place of the row with its key. */
  UPSERT,
  /** The row with its key goes. */
  DELETE;

  /** The field of a row that says what it does, unless the table has a column of that name. */
  public static final String FIELD = "_op";

  /** As it is written: {@code upsert} or {@code delete}. */
  public static Optional<RowChange> parse(String text) {
    return switch (text) {
      case "upsert" -> Optional.of(UPSERT);
      case "delete" -> Optional.of(DELETE);
      default -> Optional.empty();
    };
  }
}
