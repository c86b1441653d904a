package dev.freshet.database.step;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Transactions of which parts have been read and the end has not: per source the offsets of the
 * parts. They stay in the log until they are complete, so a transaction of any size costs only its
 * offsets here.
 */
final class Unfinished {
  private final Map<String, List<Long>> parts = new HashMap<>();

  void add(String source, long offset) {
    parts.computeIfAbsent(source, _ -> new ArrayList<>()).add(offset);
  }

  /** The parts of the source's transaction, which is no longer unfinished. */
  List<Long> remove(String source) {
    List<Long> offsets = parts.remove(source);
    return offsets == null ? List.of() : offsets;
  }

  /** The first offset that is still needed when everything below {@code offset} has been read. */
  long firstNeeded(long offset) {
    long first = offset;
    for (List<Long> offsets : parts.values()) {
      first = Math.min(first, offsets.get(0));
    }
    return first;
  }
}
