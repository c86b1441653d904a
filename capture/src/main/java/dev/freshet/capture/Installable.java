package dev.freshet.capture;

import dev.freshet.core.error.FreshetException;
import java.util.List;

/**
 * A source that needs something at its origin which a user installs, since it changes the origin.
 */
public interface Installable extends Source {
  /** What is done there. */
  enum Change {
    INSTALL,
    UNINSTALL
  }

  /**
   * The statements that are left to run, in their order; none when all is done. Changes nothing.
   *
   * @throws FreshetException when the origin cannot be looked at, or is not as it must be
   */
  List<String> statements(Change change);

  /** The same for someone who runs them by hand: all or none, where the origin can. */
  List<String> printed(Change change);

  /**
   * Runs statements that {@link #statements} gave.
   *
   * @throws FreshetException with the statement that failed
   */
  void run(List<String> statements);
}
