package dev.freshet.bench.latency;

import dev.freshet.bench.harness.Benchmark;
import dev.freshet.bench.harness.ChildJvm;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Report;
import dev.freshet.bench.harness.TextTable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * {@code ./bench latency}: one row through a filter, a join and an aggregate, on a database that
 * does nothing else: of the library with its log on disk, of the library with all files in memory,
 * and of the bare engine's step.
 */
public final class LatencyBenchmark implements Benchmark {
  private static final List<String> PERCENTILES = List.of("p50", "p99", "p99.9", "max");

  @Override
  public String name() {
    return "latency";
  }

  @Override
  public String summary() {
    return "one row through filter, join and aggregate, idle database (--for 20s each, --orders 100000)";
  }

  @Override
  public void run(List<String> arguments, Report report) throws Exception {
    Options options = Options.of(arguments, "for", "orders");
    Duration time = options.duration("for", Duration.ofSeconds(20));
    TextTable table = new TextTable("microseconds", "p50", "p99", "p99.9", "max", "rows");
    for (LatencyWork.Mode mode : LatencyWork.Mode.values()) {
      ChildJvm.Outcome outcome =
          ChildJvm.ofFreshet("-Xmx1g")
              .run(
                  LatencyWork.class.getName(),
                  time.multipliedBy(2).plusMinutes(2),
                  mode.name(),
                  String.valueOf(options.number("orders", 100_000)),
                  String.valueOf(time.toMillis()));
      String name = mode.name().toLowerCase(Locale.ROOT);
      String[] cells = new String[PERCENTILES.size() + 2];
      cells[0] = mode.title();
      for (int i = 0; i < PERCENTILES.size(); i++) {
        cells[i + 1] = TextTable.number(outcome.figure(PERCENTILES.get(i)));
      }
      cells[PERCENTILES.size() + 1] = TextTable.number(outcome.figure("rows"));
      table.row(cells);
      report.figure(name + "_p50_us", outcome.figure("p50"));
      switch (mode) {
        case DURABLE -> report.figure(name + "_p99_us", outcome.figure("p99"));
        case MEMORY, ENGINE -> report.atMost(name + "_p99_us", outcome.figure("p99"), 1_000);
      }
      report.figure(name + "_p99.9_us", outcome.figure("p99.9"));
      report.figure(name + "_cpu_us_per_row", outcome.figure("cpu_us_per_row"));
      report.figure(name + "_peak_mb", outcome.figure("peak_mb"));
    }
    table.print(System.out);
  }
}
