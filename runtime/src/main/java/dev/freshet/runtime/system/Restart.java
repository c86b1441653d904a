package dev.freshet.runtime.system;

import dev.freshet.core.function.library.FunctionLibrary;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What a system that starts anew is told of the lives before.
 *
 * @param count starts before this one
 * @param functions those that ran, whatever the folder says now; empty for the folder's
 * @param held models whose computation failed, and why: the others start without them
 * @param heldFor how long those, and others that fail, are left alone before they are computed anew
 */
record Restart(
    long count, Optional<FunctionLibrary> functions, Map<String, String> held, Duration heldFor) {
  /** The first start. */
  static Restart none(Duration heldFor) {
    return new Restart(0, Optional.empty(), Map.of(), heldFor);
  }

  Restart {
    held = Map.copyOf(held);
  }
}
