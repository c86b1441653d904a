package dev.freshet.bench.nexmark;

import dev.freshet.bench.steps.DurableSteps;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.type.Keep;
import dev.freshet.engine.Engine;
import dev.freshet.engine.workers.WorkerSettings;
import dev.freshet.engine.workers.Workers;
import dev.freshet.testing.files.WorkFolder;
import java.util.List;
import java.util.function.IntFunction;

/** One query on Freshet. */
final class NexmarkRun {
  private final int query;
  private final IntFunction<List<TableChanges>> events;
  private final int stepEvents;
  private final Keep keep;

  /**
   * @param events makes as many events as are asked for
   * @param keep which rows of the events and the result are kept
   */
  NexmarkRun(int query, IntFunction<List<TableChanges>> events, int stepEvents, Keep keep) {
    this.query = query;
    this.keep = keep;
    this.events = events;
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
      Engine engine =
          NexmarkEngine.create(storage, query, NexmarkQuery.sql(query), keep, keep, workers);
      return new DurableSteps(engine, storage, NexmarkEngine.VIEW, stepEvents, events)
          .run(warmUp, measured, limitSeconds);
    }
  }
}
