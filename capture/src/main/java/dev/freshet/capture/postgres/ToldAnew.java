package dev.freshet.capture.postgres;

import dev.freshet.capture.NotedTables;
import dev.freshet.core.error.FreshetException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The way of a wish to read a table anew from where it is noted into the log. A position without
 * the table says all that the note says, so the note goes when such a position is durable; until
 * then no position may name the table again, since nobody might ever see that there was one without
 * it. The capture's task owns it.
 *
 * <pre>
 * note      .. b ------------------------------ gone
 * log       | a b |    | a |                        | a b |
 *                      told   durable up to here:   read
 *                             the note goes
 * </pre>
 */
final class ToldAnew {
  private final NotedTables noted;

  /** By name, the number of the change set whose position does not name the table. */
  private final Map<String, Long> told = new HashMap<>();

  ToldAnew(NotedTables noted) {
    this.noted = noted;
  }

  /** Those that the log has not been told of. */
  Set<String> left() {
    Set<String> left = new HashSet<>(noted.now());
    left.removeAll(told.keySet());
    return left;
  }

  /**
   * The log was told that it has nothing of these any more.
   *
   * @param number of the change set that says so
   */
  void told(Set<String> names, long number) {
    names.forEach(name -> told.put(name, number));
  }

  /** Those that it was told of, as long as that may not be durable; changes by itself. */
  Set<String> names() {
    return told.keySet();
  }

  /**
   * @param durable all change sets up to this number are
   */
  void forget(long durable) {
    Set<String> done = new HashSet<>();
    told.forEach((name, number) -> {
      if (number <= durable) {
        done.add(name);
      }
    });
    if (done.isEmpty()) {
      return;
    }
    try {
      noted.remove(done);
      told.keySet().removeAll(done);
    } catch (FreshetException e) {
      // The disk is full or hangs, and the log says so. It is tried again with the next call.
      return;
    }
  }
}
