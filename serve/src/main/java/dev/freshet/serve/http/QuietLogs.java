package dev.freshet.serve.http;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps the HTTP library from greeting on the terminal; its warnings still come through. */
final class QuietLogs {
  /** Held, because the logging system forgets the level of a logger that nobody holds. */
  private static final Logger LIBRARY = Logger.getLogger("io.helidon");

  private QuietLogs() {}

  static void apply() {
    if (LIBRARY.getLevel() == null) {
      LIBRARY.setLevel(Level.WARNING);
    }
  }
}
