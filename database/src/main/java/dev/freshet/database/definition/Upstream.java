package dev.freshet.database.definition;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What relations are computed from. */
public final class Upstream {
  private Upstream() {}

  /**
   * Relations and all that they read, directly or through others.
   *
   * <pre>
   *   t - a - b - j     reads = {a: t, b: a, j: s b, c: t}
   *   |       s - j     of {j}: j, s, b, a, t
   *   +-- c
   * </pre>
   *
   * @param reads by name; one that is not there reads nothing
   */
  public static Set<String> of(
      Collection<String> names, Map<String, ? extends Collection<String>> reads) {
    Set<String> all = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(names);
    while (!open.isEmpty()) {
      String name = open.remove();
      if (all.add(name)) {
        Collection<String> read = reads.get(name);
        open.addAll(read == null ? List.of() : read);
      }
    }
    return all;
  }
}
