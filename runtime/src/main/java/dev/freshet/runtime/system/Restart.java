package dev.freshet.runtime.system;

import java.time.Duration;
import java.util.Map;

/**
 * What a system that starts anew is told of the lives before.
 *
 * @param count starts before this one
 * @param held models whose computation failed, and why: the others start without them
 * @param heldFor how long those are left alone before they are computed anew
 */
record Restart(long count, Map<String, String> held, Duration heldFor) {
  /** The first start. */
  static final Restart NONE = new Restart(0, Map.of(), Duration.ZERO);

  Restart {
    held = Map.copyOf(held);
  }
}
