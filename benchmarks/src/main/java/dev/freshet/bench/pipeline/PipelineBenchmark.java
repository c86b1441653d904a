package dev.freshet.bench.pipeline;

import dev.freshet.bench.harness.Benchmark;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Report;
import dev.freshet.demo.shop.ShopDatabase;
import dev.freshet.demo.shop.ShopSchema;
import dev.freshet.demo.shop.ShopWorkload;
import dev.freshet.demo.shop.ShopWorkload.Commit;
import dev.freshet.demo.shop.WorkloadOptions;
import dev.freshet.demo.shop.WorkloadReport;
import dev.freshet.testing.files.FileTrees;
import dev.freshet.testing.files.WorkFolder;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The whole way, as a user runs it: a durable PostgreSQL, {@code freshet up} on {@code
 * examples/shop} in a process of its own, and a reader of a change feed over HTTP.
 *
 * <ol>
 *   <li>how long after its start the command gives the first result: on a new state folder, and on
 *       one that is there
 *   <li>at a steady rate: from the commit's acknowledgement until the reader has the change of a
 *       gold model that follows from it; the first seconds warm up and do not count
 *   <li>at full speed: changes divided by the time from the first commit until the last is visible
 *       in that model
 * </ol>
 *
 * <p>Database, workload and reader share the machine with Freshet. Last, what the model says is
 * compared with the database.
 */
public final class PipelineBenchmark implements Benchmark {
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final long CATCH_UP_SECONDS = 300;
  private static final int STEADY_TRANSACTION = 50;
  private static final int FULL_SPEED_TRANSACTION = 1_000;
  private static final String FIRST_QUESTION = "SELECT category FROM assortment";
  private static final String ORDER_COUNT =
      "SELECT SUM(order_count) FROM " + BenchProject.NEWEST_ORDERS;

  @Override
  public String name() {
    return "pipeline";
  }

  @Override
  public String summary() {
    return "PostgreSQL commit to gold model; --rate 5000 --for 20s --changes 1_000_000 --starts 5 --seed 1";
  }

  @Override
  public void run(List<String> arguments, Report report) throws Exception {
    Options options = Options.of(arguments, "rate", "for", "changes", "starts", "seed");
    long seed = options.number("seed", 1);
    Path home = Path.of(System.getProperty("freshet.home", "")).toAbsolutePath();
    RunningFreshet.build(home);
    try (WorkFolder folder = WorkFolder.create("freshet-bench-pipeline-");
        ShopDatabase shop =
            ShopDatabase.start(
                folder.path().resolve("postgres"),
                PostgresOptions.durable(),
                ShopSchema.Size.small(),
                seed)) {
      BenchProject project =
          BenchProject.create(
              home.resolve("examples").resolve("shop"),
              folder.path().resolve("project"),
              freePort());
      Run run = new Run(home, shop, project, seed);
      run.measureStarts((int) options.number("starts", 5), report);
      try (RunningFreshet freshet = RunningFreshet.start(home, project, shop.url())) {
        freshet.awaitFirstResult(FIRST_QUESTION);
        try (VisibleOrders visible = VisibleOrders.follow(project.address())) {
          run.measureSteady(
              visible,
              (int) options.number("rate", 5_000),
              options.duration("for", Duration.ofSeconds(20)),
              report);
          run.measureFullSpeed(freshet, visible, options.number("changes", 1_000_000), report);
          run.compare(freshet);
        }
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private record Run(Path home, ShopDatabase shop, BenchProject project, long seed) {
    void measureStarts(int starts, Report report)
        throws IOException, InterruptedException, SQLException {
      double[] first = new double[starts];
      double[] again = new double[starts];
      for (int i = 0; i < starts; i++) {
        forget();
        first[i] = start();
        again[i] = start();
      }
      forget();
      if (starts > 0) {
        report.atMost("first_result_ms", median(first), 2_000);
        report.atMost("first_result_after_restart_ms", median(again), 2_000);
      }
    }

    private double start() throws IOException, InterruptedException {
      try (RunningFreshet freshet = RunningFreshet.start(home, project, shop.url())) {
        return freshet.awaitFirstResult(FIRST_QUESTION);
      }
    }

    /** Makes the next start a first one. */
    private void forget() throws IOException, SQLException {
      FileTrees.delete(project.state());
      try (Connection connection = shop.open();
          Statement statement = connection.createStatement()) {
        statement.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
      }
    }

    void measureSteady(VisibleOrders visible, int rate, Duration time, Report report)
        throws IOException, InterruptedException, SQLException {
      long fromNanos = System.nanoTime() + WARM_UP.toNanos();
      Worked worked =
          work(WorkloadOptions.bulk(seed, rate, STEADY_TRANSACTION, WARM_UP.plus(time)), visible);
      Latencies latencies = Latencies.of(worked.commits(), visible.seen(), fromNanos);
      report.figure("steady_changes_per_s", worked.report().rowChangesPerSecond());
      report.figure("commit_to_visible_p50_ms", latencies.millisAt(50));
      report.atMost("commit_to_visible_p99_ms", latencies.millisAt(99), 250);
      report.figure("commit_to_visible_max_ms", latencies.millisAt(100));
    }

    void measureFullSpeed(
        RunningFreshet freshet, VisibleOrders visible, long changes, Report report)
        throws IOException, InterruptedException, SQLException {
      double cpuBefore = freshet.cpuSeconds();
      long start = System.nanoTime();
      Worked worked =
          work(
              WorkloadOptions.bulk(seed, 0, FULL_SPEED_TRANSACTION, Duration.ofDays(1))
                  .withRowChangesMax(changes),
              visible);
      double seconds = (worked.visibleNanos() - start) / 1e9;
      long made = worked.report().rowChanges();
      report.atLeast("changes_per_s", made / seconds, 30_000);
      report.figure("database_changes_per_s", worked.report().rowChangesPerSecond());
      report.figure("cpu_s_per_million_changes", (freshet.cpuSeconds() - cpuBefore) / made * 1e6);
      report.figure("peak_memory_mb", freshet.peakMemoryMb());
    }

    /** A workload from its first commit until its last is visible. */
    private Worked work(WorkloadOptions options, VisibleOrders visible)
        throws IOException, InterruptedException, SQLException {
      List<Commit> commits = new ArrayList<>(); // of one connection: written by one thread
      try (ShopWorkload workload = ShopWorkload.start(shop, options, commits::add)) {
        WorkloadReport report = workload.await();
        long visibleNanos = visible.await(commits.getLast().lastPlacedOrderId(), CATCH_UP_SECONDS);
        return new Worked(report, commits, visibleNanos);
      }
    }

    /** A fast wrong answer is worth nothing. */
    void compare(RunningFreshet freshet) throws SQLException, IOException, InterruptedException {
      String expected;
      try (Connection connection = shop.open();
          Statement statement = connection.createStatement();
          ResultSet rows =
              statement.executeQuery("SELECT count(*) FROM orders WHERE status <> 'cancelled'")) {
        rows.next();
        expected = rows.getString(1);
      }
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      String actual = freshet.ask(ORDER_COUNT);
      while (!actual.equals(expected) && System.nanoTime() < deadline) {
        TimeUnit.MILLISECONDS.sleep(50);
        actual = freshet.ask(ORDER_COUNT);
      }
      if (!actual.equals(expected)) {
        throw new IOException("the model counts " + actual + " orders, PostgreSQL " + expected);
      }
    }
  }

  private record Worked(WorkloadReport report, List<Commit> commits, long visibleNanos) {}

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
