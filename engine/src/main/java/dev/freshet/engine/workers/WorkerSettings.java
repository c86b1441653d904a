package dev.freshet.engine.workers;

import dev.freshet.core.error.Check;

/**
 * How a step's work is shared. Results and state are the same for all settings.
 *
 * @param count threads that work at once, the one that runs the step among them
 * @param partRows rows that a part of an operator's change has at least: handing over fewer costs
 *     more than it saves
 */
public record WorkerSettings(int count, int partRows) {
  public static final int COUNT_MAX = 256;

  private static final int PART_ROWS = 2048;

  /** Everything on the thread that runs the step. */
  public static final WorkerSettings ONE = of(1);

  public WorkerSettings {
    Check.that(count >= 1 && count <= COUNT_MAX, "from one worker to 256", count, COUNT_MAX);
    Check.that(partRows >= 1, "a part has rows", partRows, 1);
  }

  /** So many workers. */
  public static WorkerSettings of(int count) {
    return new WorkerSettings(count, PART_ROWS);
  }

  /** A worker for each core that this process may use. */
  public static WorkerSettings ofCores() {
    return of(Math.min(COUNT_MAX, Runtime.getRuntime().availableProcessors()));
  }

  public WorkerSettings withPartRows(int rows) {
    return new WorkerSettings(count, rows);
  }
}
