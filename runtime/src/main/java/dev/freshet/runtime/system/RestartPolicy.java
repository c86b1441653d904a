package dev.freshet.runtime.system;

import java.time.Duration;

/**
 * When a {@link Supervisor} starts a system anew.
 *
 * @param first the longest wait after a failure
 * @param last the longest wait after many failures in a row
 * @param sound so long a life ends a row of failures
 * @param held how long a model whose computation failed twice in a row is left alone, at first
 */
record RestartPolicy(Duration first, Duration last, Duration sound, Duration held) {
  static final RestartPolicy DEFAULT =
      new RestartPolicy(
          Duration.ofMillis(200),
          Duration.ofMinutes(1),
          Duration.ofMinutes(1),
          Duration.ofSeconds(20));
}
