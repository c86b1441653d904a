package dev.freshet.bench.nexmark;

import dev.freshet.bench.steps.DurableSteps;
import dev.freshet.engine.workers.WorkerSettings;

/** The process that runs one query on Freshet. */
final class NexmarkWork {
  private NexmarkWork() {}

  public static void main(String[] arguments) throws InterruptedException {
    int query = Integer.parseInt(arguments[0]);
    long seed = Long.parseLong(arguments[1]);
    int step = Integer.parseInt(arguments[2]);
    DurableSteps.Figures figures =
        new NexmarkRun(query, seed, step)
            .run(
                Long.parseLong(arguments[3]),
                Long.parseLong(arguments[4]),
                Double.parseDouble(arguments[5]),
                WorkerSettings.of(Integer.parseInt(arguments[6])));
    figures.tell();
  }
}
