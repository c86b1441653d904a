package dev.freshet.bench.fuzz;

import dev.freshet.database.FreshetOptions;
import dev.freshet.engine.workers.WorkerSettings;
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
 * @param workers for each time that the database is opened, how many threads share a step
 */
record Life(List<Ending> endings, boolean again, long memoryBytes, List<Integer> workers) {
  private static final List<Long> MEMORY_BYTES = List.of(Long.MAX_VALUE, 0L, 3_000L);
  private static final List<Integer> WORKERS = List.of(1, 2, 3, 7);

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
    workers = List.copyOf(workers);
  }

  static Life draw(Draws draws, int steps) {
    boolean ends = draws.chance(0.3);
    List<Ending> endings = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      endings.add(ends && draws.chance(0.3) ? draws.pick(List.of(Ending.values())) : Ending.NONE);
    }
    boolean again = draws.chance(0.3);
    long memoryBytes = draws.pick(MEMORY_BYTES);
    List<Integer> workers = new ArrayList<>();
    for (int i = 0; i <= steps; i++) {
      workers.add(draws.pick(WORKERS));
    }
    return new Life(endings, again, memoryBytes, workers);
  }

  /**
   * How the database is opened. Each row of a change is a part of its own, so that the few rows of
   * a case are shared.
   *
   * @param opening 0 for the first time
   */
  FreshetOptions options(int opening) {
    int count = workers.get(opening % workers.size());
    return FreshetOptions.DEFAULT
        .withMemoryBytes(memoryBytes)
        .withWorkers(WorkerSettings.of(count).withPartRows(1))
        .withFunctions(JavaFunctions.all());
  }

  Ending after(int step) {
    return step < endings.size() ? endings.get(step) : Ending.NONE;
  }
}
