package dev.freshet.bench.nexmark;

import dev.freshet.bench.harness.Benchmark;
import dev.freshet.bench.harness.ChildJvm;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Report;
import dev.freshet.bench.harness.TextTable;
import dev.freshet.bench.steps.StepFile;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Keep;
import dev.freshet.engine.workers.WorkerSettings;
import dev.freshet.testing.files.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code ./bench nexmark}: each Nexmark query as the only view of an engine, on Freshet and on
 * Flink SQL in turn, over the same events, each in a process of its own. What making or reading the
 * events takes is left out on both sides.
 *
 * <p>When Freshet does not get through the events in time, Flink gets as many as Freshet took, so
 * that both work on states of the same size.
 */
public final class NexmarkBenchmark implements Benchmark {
  private static final Duration STARTING_AND_ENDING = Duration.ofMinutes(3);
  private static final int PARALLELISM = 2;

  private long seed;
  private int step;
  private long warmUp;
  private long events;
  private int workers;
  private Duration time = Duration.ZERO;
  private Keep keep = Keep.NONE;
  private Path steps = Path.of("");

  /** One engine's run of one query. */
  private record Run(
      double warmUpEvents, double events, double seconds, double cpuSeconds, double peakMb) {
    static final Run NONE = new Run(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

    static Run of(ChildJvm.Outcome outcome) {
      return new Run(
          outcome.figure("warm_up_events"),
          outcome.figure("events"),
          outcome.figure("seconds"),
          outcome.figure("cpu_seconds"),
          outcome.figure("peak_mb"));
    }

    /** Without what reading the events takes by itself, which the peer's two cores share. */
    Run withoutSource(double cpuMicrosAnEvent) {
      double source = events * cpuMicrosAnEvent / 1e6;
      return new Run(
          warmUpEvents, events, seconds - source / PARALLELISM, cpuSeconds - source, peakMb);
    }

    double eventsPerSecond() {
      return events / seconds;
    }

    double eventsPerCpuSecond() {
      return events / cpuSeconds;
    }
  }

  @Override
  public String name() {
    return "nexmark";
  }

  @Override
  public String summary() {
    return "Nexmark's queries beside Flink SQL: events a second"
        + " (--events 2000000, --warm-up 1000000, --for 60s each, --query 5, --alone, --seed 1,"
        + " --workers 2,"
        + " --keep all to keep events and results as rows)";
  }

  @Override
  public void run(List<String> arguments, Report report) throws Exception {
    Options options =
        Options.of(
            arguments,
            "events",
            "warm-up",
            "step",
            "query",
            "seed",
            "for",
            "alone",
            "heap-mib",
            "workers",
            "keep");
    seed = options.number("seed", 1);
    step = (int) options.number("step", 20_000);
    warmUp = options.number("warm-up", 1_000_000);
    events = options.number("events", 2_000_000);
    workers = (int) options.number("workers", WorkerSettings.ofCores().count());
    time = options.duration("for", Duration.ofSeconds(60));
    keep = options.has("keep") ? Keep.ALL : Keep.NONE;
    ChildJvm freshet =
        ChildJvm.ofFreshet("-Xmx" + options.number("heap-mib", 3_840) + "m", "-Xms1g");
    TextTable table =
        new TextTable(
            "query",
            "events/s",
            "a CPU s",
            "peak MB",
            "Flink/s",
            "a CPU s",
            "peak MB",
            "ratio",
            "CPU ratio");
    try (WorkFolder folder = WorkFolder.create("freshet-bench-events-")) {
      Path file = folder.path().resolve("events");
      steps = folder.path().resolve("steps");
      StepFile.write(steps, new Events(seed)::next, step, warmUp + events + step);
      Optional<FlinkPeer> flink =
          options.has("alone") ? Optional.empty() : Optional.of(new FlinkPeer());
      double sourceMicros = 0;
      if (flink.isPresent()) {
        NexmarkEventFile.write(file, new Events(seed), warmUp + events);
        sourceMicros = flink.get().sourceCpuMicros(file);
        report.figure("flink_source_cpu_us_per_event_left_out", sourceMicros);
      }
      List<Double> ratios = new ArrayList<>();
      for (int query = 0; query < NexmarkQuery.COUNT; query++) {
        if (!options.has("query") || options.number("query", 0) == query) {
          Run ours = freshet(freshet, query, report);
          Run theirs = Run.NONE;
          if (flink.isPresent()) {
            theirs = flink(flink.get(), query, file, ours, sourceMicros);
          }
          compare(query, ours, theirs, ratios, table, report);
        }
      }
      System.out.println();
      table.print(System.out);
      if (!ratios.isEmpty()) {
        double logs = ratios.stream().mapToDouble(Math::log).average().orElse(0);
        report.atLeast("geometric_mean_ratio", Math.exp(logs), 8);
        report.atLeast("least_ratio", ratios.stream().mapToDouble(each -> each).min().orElse(0), 2);
      }
    }
  }

  /** Tells what failed, and goes on: the other queries are worth their figures. */
  private Run freshet(ChildJvm jvm, int query, Report report) throws IOException {
    try {
      return measured(jvm, query, report);
    } catch (FreshetException e) {
      System.out.printf("q%d: Freshet failed: %s%n", query, e.getMessage());
      report(report, query, Double.NaN);
      return new Run(warmUp, events, Double.NaN, Double.NaN, Double.NaN);
    }
  }

  private Run measured(ChildJvm jvm, int query, Report report) throws IOException {
    ChildJvm.Outcome outcome =
        jvm.run(
            NexmarkWork.class.getName(),
            time.multipliedBy(2).plus(STARTING_AND_ENDING),
            String.valueOf(query),
            steps.toString(),
            String.valueOf(step),
            String.valueOf(warmUp),
            String.valueOf(events),
            String.valueOf(time.toSeconds()),
            keep.name(),
            String.valueOf(workers));
    Run run = Run.of(outcome);
    System.out.printf(
        "q%d: Freshet %,.0f events/s, %,.0f a CPU second (%.2f s of %.2f s compilers, %.2f s"
            + " collectors), %,.0f MB, %,.0f rows, a step of %,d events p50 %.0f ms, at most %.0f"
            + " ms%s%n",
        query,
        run.eventsPerSecond(),
        run.eventsPerCpuSecond(),
        outcome.figure("cpu_seconds_compilers"),
        run.cpuSeconds(),
        outcome.figure("cpu_seconds_collectors"),
        run.peakMb(),
        outcome.figure("rows"),
        step,
        outcome.figure("step_ms_p50"),
        outcome.figure("step_ms_max"),
        run.events() < events ? "; time was over after " + (long) run.events() + " events" : "");
    report.figure("q" + query + "_events_per_s", run.eventsPerSecond());
    report(report, query, run.eventsPerCpuSecond());
    return run;
  }

  /** None when Flink does not support the query, or fails. */
  private Run flink(FlinkPeer flink, int query, Path file, Run ours, double sourceMicros)
      throws IOException {
    ChildJvm.Outcome outcome;
    try {
      outcome =
          flink.bench(
              NexmarkQuery.flinkSql(query),
              file,
              (long) ours.warmUpEvents(),
              (long) ours.events(),
              time,
              time.multipliedBy(3).plus(STARTING_AND_ENDING));
    } catch (FreshetException e) {
      System.out.printf("q%d: Flink failed: %s%n", query, e.getMessage());
      return Run.NONE;
    }
    if (outcome.notes().containsKey("unsupported")) {
      System.out.printf(
          "q%d: Flink does not support it: %s%n", query, outcome.notes().get("unsupported"));
      return Run.NONE;
    }
    Run run = Run.of(outcome).withoutSource(sourceMicros);
    System.out.printf(
        "q%d: Flink %,.0f events/s, %,.0f a CPU second, %,.0f MB%s%n",
        query,
        run.eventsPerSecond(),
        run.eventsPerCpuSecond(),
        run.peakMb(),
        run.events() < ours.events()
            ? "; time was over after " + (long) run.events() + " events"
            : "");
    return run;
  }

  private static void compare(
      int query, Run ours, Run theirs, List<Double> ratios, TextTable table, Report report) {
    double ratio = ours.eventsPerSecond() / theirs.eventsPerSecond();
    double cpuRatio = ours.eventsPerCpuSecond() / theirs.eventsPerCpuSecond();
    if (!Double.isNaN(ratio)) {
      ratios.add(ratio);
      report.figure("q" + query + "_flink_events_per_s", theirs.eventsPerSecond());
      report.figure("q" + query + "_flink_events_per_cpu_s", theirs.eventsPerCpuSecond());
      report.atLeast("q" + query + "_ratio", ratio, 2);
      report.figure("q" + query + "_cpu_ratio", cpuRatio);
    }
    table.row(
        "q" + query,
        TextTable.number(ours.eventsPerSecond()),
        TextTable.number(ours.eventsPerCpuSecond()),
        TextTable.number(ours.peakMb()),
        TextTable.number(theirs.eventsPerSecond()),
        TextTable.number(theirs.eventsPerCpuSecond()),
        TextTable.number(theirs.peakMb()),
        TextTable.times(ratio),
        TextTable.times(cpuRatio));
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
