package dev.freshet.bench.nexmark;

import dev.freshet.bench.harness.Benchmark;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Report;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code ./bench nexmark}: each Nexmark query as the only view of an engine, with its events made
 * durable in the log before each step and checkpoints beside: events a second, and events a second
 * of CPU.
 */
public final class NexmarkBenchmark implements Benchmark {
  private static final int QUERIES = 24;

  @Override
  public String name() {
    return "nexmark";
  }

  @Override
  public String summary() {
    return "Nexmark's queries: events a second"
        + " (--events 1000000, --warm-up 300000, --step 20000, --query 5, --seed 1)";
  }

  @Override
  public void run(List<String> arguments, Report report) throws Exception {
    Options options = Options.of(arguments, "events", "warm-up", "step", "query", "seed");
    List<Double> all = new ArrayList<>();
    for (int query = 0; query < QUERIES; query++) {
      if (options.has("query") && options.number("query", 0) != query) {
        continue;
      }
      NexmarkRun run =
          new NexmarkRun(query, options.number("seed", 1), (int) options.number("step", 20_000));
      NexmarkRun.Figures figures =
          run.run(options.number("warm-up", 300_000), options.number("events", 1_000_000));
      System.out.printf(
          "q%d: %,.0f events/s, %,.0f events per CPU second, %,d rows, %.0f ms a step at most%n",
          query,
          figures.eventsPerSecond(),
          figures.eventsPerCpuSecond(),
          figures.rows(),
          figures.slowestStepMillis());
      report.figure("q" + query + "_events_per_s", figures.eventsPerSecond());
      report(report, query, figures.eventsPerCpuSecond());
      all.add(figures.eventsPerCpuSecond());
    }
    double logs = all.stream().mapToDouble(Math::log).average().orElse(0);
    report.figure("geometric_mean_events_per_cpu_s", Math.exp(logs));
  }

  /** The targets stand for groups of queries that stress the same part. */
  private static void report(Report report, int query, double eventsPerCpuSecond) {
    String metric = "q" + query + "_events_per_cpu_s";
    switch (query) {
      case 0, 1, 2, 3 -> report.atLeast(metric, eventsPerCpuSecond, 1_000_000);
      case 4, 5, 7, 8, 17 -> report.atLeast(metric, eventsPerCpuSecond, 300_000);
      case 15, 16 -> report.atLeast(metric, eventsPerCpuSecond, 200_000);
      case 9, 18, 19, 20 -> report.atLeast(metric, eventsPerCpuSecond, 100_000);
      default -> report.figure(metric, eventsPerCpuSecond);
    }
  }
}
