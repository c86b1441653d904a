package dev.freshet.core.type;

import java.util.Locale;
import java.util.Optional;

/** Which rows of a table or view are kept to be read. */
public enum Keep {
  /** All that are there. */
  ALL,
  /**
   * None: rows pass to what reads them, to change feeds and to the lake. There is nothing to query,
   * to update or to delete, and what is added later reads the rows that come from then on.
   */
  NONE;

  /** As it is written: {@code all} or {@code none}, in any case. */
  public static Optional<Keep> parse(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "all" -> Optional.of(ALL);
      case "none" -> Optional.of(NONE);
      default -> Optional.empty();
    };
  }
}
