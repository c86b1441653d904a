package dev.freshet.bench.nexmark;

import dev.freshet.measure.Meter;
import dev.freshet.measure.Told;

/** The process that runs one query on Freshet. */
final class NexmarkWork {
  private NexmarkWork() {}

  public static void main(String[] arguments) throws InterruptedException {
    int query = Integer.parseInt(arguments[0]);
    long seed = Long.parseLong(arguments[1]);
    int step = Integer.parseInt(arguments[2]);
    NexmarkRun.Figures figures =
        new NexmarkRun(query, seed, step)
            .run(
                Long.parseLong(arguments[3]),
                Long.parseLong(arguments[4]),
                Double.parseDouble(arguments[5]));
    Told.figure("events", (double) figures.events());
    Told.figure("warm_up_events", (double) figures.warmUpEvents());
    Told.figure("seconds", figures.seconds());
    Told.figure("cpu_seconds", figures.cpuSeconds());
    Told.figure("peak_mb", Meter.peakMemoryMb());
    Told.figure("rows", (double) figures.rows());
    Told.figure("step_ms_p50", figures.stepMillisMedian());
    Told.figure("step_ms_max", figures.stepMillisMax());
  }
}
