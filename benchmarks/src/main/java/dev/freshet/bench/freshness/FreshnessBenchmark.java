package dev.freshet.bench.freshness;

import dev.freshet.bench.capture.Origin;
import dev.freshet.bench.capture.Peer;
import dev.freshet.bench.harness.Benchmark;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Report;
import dev.freshet.bench.harness.Samples;
import dev.freshet.bench.harness.TextTable;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.testing.files.WorkFolder;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * {@code ./bench freshness}: sessions insert rows at a steady rate; the time from the
 * acknowledgement of each commit until a reader has it. With Freshet that is the change of a model
 * over the table, synced in the log before, and read over HTTP; with Debezium's embedded engine it
 * is the call of its consumer. Both in turn, each in a process of its own; the first seconds warm
 * up and do not count.
 */
public final class FreshnessBenchmark implements Benchmark {
  private static final Duration WARM_UP = Duration.ofSeconds(8);
  private static final Duration CATCH_UP = Duration.ofMinutes(3);

  /** Less than that share of the rate is another measurement. */
  private static final double RATE_HELD = 0.9;

  @Override
  public String name() {
    return "freshness";
  }

  @Override
  public String summary() {
    return "commit in PostgreSQL to visible in a model, beside Debezium's consumer (--rates 1000,10000 rows/s,"
        + " --transaction 10, --for 20s)";
  }

  @Override
  public void run(List<String> arguments, Report report) throws Exception {
    Options options = Options.of(arguments, "rates", "transaction", "for");
    String rates = options.text("rates", "1000,10000");
    int transaction = (int) options.within("transaction", 10, 1, 100_000);
    Duration time = options.duration("for", Duration.ofSeconds(20));
    TextTable table = new TextTable("", "rows/s", "p50 ms", "p99 ms", "max ms", "CPU s a second");
    Peer.jvm(); // built before anything is measured
    try (WorkFolder folder = WorkFolder.create("freshet-bench-freshness-");
        Origin origin = Origin.start(folder.path())) {
      for (String text : rates.split(",", -1)) {
        long rate = rate(text);
        Run run = new Run(origin, rate, transaction, time, table, report);
        run.freshet();
        run.debezium();
      }
    }
    table.print(System.out);
  }

  private static long rate(String text) {
    try {
      long rate = Long.parseLong(text.strip());
      if (rate > 0) {
        return rate;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new FreshetException(
        ErrorCode.REQUEST_INVALID,
        "Invalid --rates: " + text + "; give rows a second, such as 1000,10000");
  }

  private record Run(
      Origin origin, long rate, int transaction, Duration time, TextTable table, Report report) {
    void freshet() throws IOException, InterruptedException, SQLException {
      begin();
      try (WorkFolder folder = WorkFolder.create("freshet-bench-freshness-project-");
          FollowedProject project = FollowedProject.start(origin, folder.path())) {
        double cpuBefore = project.cpuSeconds();
        long from = Lanes.nowMicros() + WARM_UP.toNanos() / 1_000;
        Writers.Written written = write();
        Lanes seen = project.awaitAll(written, CATCH_UP);
        double cpuSeconds = project.cpuSeconds() - cpuBefore;
        Samples latencies = Lanes.latencies(written.commits(), seen, from);
        tell("Freshet, in a model", written, latencies, cpuSeconds);
        report.figure("p50_ms_at_" + rate, latencies.millis(0.5));
        if (rate <= 10_000) {
          report.atMost("p99_ms_at_" + rate, latencies.millis(0.99), rate <= 1_000 ? 50 : 150);
        } else {
          report.figure("p99_ms_at_" + rate, latencies.millis(0.99));
        }
        report.figure("cpu_s_per_s_at_" + rate, cpuSeconds / written.seconds());
      }
    }

    void debezium() throws IOException, InterruptedException, SQLException {
      begin();
      origin.createSlot("debezium");
      try (WorkFolder folder = WorkFolder.create("freshet-bench-freshness-peer-");
          FollowingDebezium peer = FollowingDebezium.start(origin, folder.path())) {
        long from = Lanes.nowMicros() + WARM_UP.toNanos() / 1_000;
        Writers.Written written = write();
        FollowingDebezium.Got got = peer.end(written);
        Samples latencies = Lanes.latencies(written.commits(), got.seen(), from);
        tell("Debezium, at its consumer", written, latencies, got.cpuSeconds());
        report.figure("debezium_p50_ms_at_" + rate, latencies.millis(0.5));
        report.figure("debezium_p99_ms_at_" + rate, latencies.millis(0.99));
        report.figure("debezium_cpu_s_per_s_at_" + rate, got.cpuSeconds() / written.seconds());
      }
    }

    /** An empty table, which no side has read. */
    private void begin() throws SQLException, InterruptedException {
      origin.dropSlots();
      origin.sql("DROP PUBLICATION IF EXISTS events");
      origin.sql("DROP TABLE IF EXISTS events");
      origin.sql("CREATE TABLE events (id bigint PRIMARY KEY, lane int NOT NULL, value bigint)");
      origin.sql("CREATE PUBLICATION events FOR TABLE events");
    }

    private Writers.Written write() throws IOException, InterruptedException {
      Writers.Written written = Writers.write(origin, rate, transaction, WARM_UP.plus(time));
      double held = written.rows() / written.seconds();
      if (held < RATE_HELD * rate) {
        throw new FreshetException(
            ErrorCode.TIMED_OUT,
            String.format(
                "Failed to measure: PostgreSQL took %.0f rows/s of %d; try again when the machine is"
                    + " less busy, or with a larger --transaction",
                held, rate));
      }
      return written;
    }

    private void tell(String title, Writers.Written written, Samples latencies, double cpuSeconds) {
      table.row(
          title,
          TextTable.number(written.rows() / written.seconds()),
          TextTable.number(latencies.millis(0.5)),
          TextTable.number(latencies.millis(0.99)),
          TextTable.number(latencies.millis(1)),
          TextTable.number(cpuSeconds / written.seconds()));
      System.out.println(title + " at " + rate + " rows/s is measured");
    }
  }
}
