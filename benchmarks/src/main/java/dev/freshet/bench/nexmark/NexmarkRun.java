package dev.freshet.bench.nexmark;

import dev.freshet.bench.steps.DurableSteps;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.engine.Engine;
import dev.freshet.engine.workers.WorkerSettings;
import dev.freshet.engine.workers.Workers;
import dev.freshet.testing.files.WorkFolder;

/** One query on Freshet. */
final class NexmarkRun {
  private final int query;
  private final Events events;
  private final int stepEvents;

  NexmarkRun(int query, long seed, int stepEvents) {
    this.query = query;
    this.events = new Events(seed);
    this.stepEvents = stepEvents;
  }

  /**
   * @param limitSeconds after which warm-up and measurement end, each, at the next step
   */
  DurableSteps.Figures run(long warmUp, long measured, double limitSeconds, WorkerSettings settings)
      throws InterruptedException {
    try (WorkFolder folder = WorkFolder.create("freshet-bench-nexmark-");
        Workers workers = Workers.of(Scheduler.threads(), settings)) {
      LocalStorage storage = new LocalStorage(folder.path());
      Engine engine = NexmarkEngine.create(storage, query, NexmarkQuery.sql(query), workers);
      return new DurableSteps(engine, storage, NexmarkEngine.VIEW, stepEvents, events::next)
          .run(warmUp, measured, limitSeconds);
    }
  }
}
