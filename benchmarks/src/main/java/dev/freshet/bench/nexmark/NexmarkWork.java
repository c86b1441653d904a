package dev.freshet.bench.nexmark;

import dev.freshet.bench.steps.DurableSteps;
import dev.freshet.bench.steps.StepFile;
import dev.freshet.core.type.Keep;
import dev.freshet.engine.workers.WorkerSettings;
import java.nio.file.Path;

/** The process that runs one query on Freshet. */
final class NexmarkWork {
  private NexmarkWork() {}

  public static void main(String[] arguments) throws Exception {
    int query = Integer.parseInt(arguments[0]);
    int step = Integer.parseInt(arguments[2]);
    DurableSteps.Figures figures;
    try (StepFile events = new StepFile(Path.of(arguments[1]))) {
      figures =
          new NexmarkRun(query, events, step, Keep.valueOf(arguments[6]))
              .run(
                  Long.parseLong(arguments[3]),
                  Long.parseLong(arguments[4]),
                  Double.parseDouble(arguments[5]),
                  WorkerSettings.of(Integer.parseInt(arguments[7])));
    }
    figures.tell();
  }
}
