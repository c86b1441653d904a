package dev.freshet.bench.harness;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps warnings of damage that a proof does on purpose, thousands of times, off the terminal. */
public final class QuietWarnings {
  /** Held, because the logging system forgets the level of a logger that nobody holds. */
  private static final Logger CHECKPOINTS = Logger.getLogger("dev.freshet.checkpoints");

  private QuietWarnings() {}

  public static void apply() {
    CHECKPOINTS.setLevel(Level.OFF);
  }
}
