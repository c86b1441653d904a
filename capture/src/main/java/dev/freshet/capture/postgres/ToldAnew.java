package dev.freshet.capture.postgres;

import dev.freshet.capture.NotedTables;
import dev.freshet.core.error.FreshetException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

  /** Object ids by names. */
  private final Map<String, Integer> told = new HashMap<>();

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
   * @param relations their object ids by names
   */
  void told(Map<String, Integer> relations) {
    told.putAll(relations);
  }

  /** Those that it was told of, as long as that may not be durable; changes by itself. */
  Set<String> names() {
    return told.keySet();
  }

  /**
   * @param durable the last position that is; {@code null} when none is known
   */
  void forget(@Nullable Position durable) {
    if (told.isEmpty() || durable == null || durable.tables().isEmpty()) {
      return;
    }
    Set<String> done = new HashSet<>();
    told.forEach((name, relation) -> {
      if (!durable.tables().containsKey(relation)) {
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
