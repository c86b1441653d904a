package dev.freshet.lake;

import dev.freshet.core.error.Check;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Deltas on their way from the engine to the publisher, in step order. They stay here until the
 * publish that holds them succeeded, so a failed publish loses nothing. Safe for all threads.
 */
final class Handover<T> {
  /** One table's delta of a step, or a part of it. */
  record Entry<T>(long step, T delta, long bytes) {}

  private final Deque<Entry<T>> entries = new ArrayDeque<>();
  private long bytes;

  synchronized void add(long step, T delta, long deltaBytes) {
    Entry<T> last = entries.peekLast();
    Check.that(last == null || last.step() <= step, "deltas are staged in step order");
    entries.addLast(new Entry<>(step, delta, deltaBytes));
    bytes += deltaBytes;
  }

  /** The deltas of all steps up to this one. */
  synchronized List<Entry<T>> upTo(long step) {
    List<Entry<T>> found = new ArrayList<>();
    for (Entry<T> entry : entries) {
      if (entry.step() > step) {
        break;
      }
      found.add(entry);
    }
    return found;
  }

  synchronized void dropUpTo(long step) {
    while (!entries.isEmpty() && entries.getFirst().step() <= step) {
      bytes -= entries.removeFirst().bytes();
    }
  }

  synchronized long bytes() {
    return bytes;
  }
}
