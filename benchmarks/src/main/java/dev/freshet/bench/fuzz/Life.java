package dev.freshet.bench.fuzz;

import dev.freshet.testing.property.Draws;
import java.util.ArrayList;
import java.util.List;

/**
 * What happens to a case's database besides its changes; none of it may show in an answer.
 *
 * @param endings for each step, how the database ends after it
 * @param again whether a second database takes each change in a step of its own, and gets the views
 *     when all is there
 * @param memoryBytes what state may take of memory before it lies on disk
 */
record Life(List<Ending> endings, boolean again, long memoryBytes) {
  private static final List<Long> MEMORY_BYTES = List.of(Long.MAX_VALUE, 0L, 3_000L);

  /** How a database ends; it is opened again at once. */
  enum Ending {
    /** It goes on. */
    NONE,
    /** It is closed, which saves its state. */
    CLOSE,
    /** As a process that is killed: what is open is what lies on the disk. */
    KILL
  }

  Life {
    endings = List.copyOf(endings);
  }

  static Life draw(Draws draws, int steps) {
    boolean ends = draws.chance(0.3);
    List<Ending> endings = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      endings.add(ends && draws.chance(0.3) ? draws.pick(List.of(Ending.values())) : Ending.NONE);
    }
    return new Life(endings, draws.chance(0.3), draws.pick(MEMORY_BYTES));
  }

  Ending after(int step) {
    return step < endings.size() ? endings.get(step) : Ending.NONE;
  }
}
