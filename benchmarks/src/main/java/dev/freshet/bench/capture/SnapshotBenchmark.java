package dev.freshet.bench.capture;

import dev.freshet.bench.harness.Benchmark;
import dev.freshet.bench.harness.ChildJvm;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Report;
import dev.freshet.bench.harness.TextTable;
import dev.freshet.testing.files.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * {@code ./bench snapshot}: the rows of one table, read by Freshet into its log and into an Iceberg
 * table, by Debezium's embedded engine to a consumer that does nothing, and by a bare COPY BINARY
 * on one connection, each in a process of its own. The time counts from the start of the source, so
 * making slot and snapshot is part of it.
 */
public final class SnapshotBenchmark implements Benchmark {
  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final String TABLE = "items";
  private static final long ROWS_A_TRANSACTION = 500_000;

  @Override
  public String name() {
    return "snapshot";
  }

  @Override
  public String summary() {
    return "a table of a PostgreSQL into the log and into Iceberg, beside Debezium and a bare COPY"
        + " (--rows 10_000_000, --rounds 1 for the median)";
  }

  @Override
  public void run(List<String> arguments, Report report) throws Exception {
    Options options = Options.of(arguments, "rows", "rounds");
    long rows = options.within("rows", 10_000_000, 1, 1_000_000_000);
    long rounds = options.within("rounds", 1, 1, 100);
    try (WorkFolder folder = WorkFolder.create("freshet-bench-snapshot-");
        Origin origin = Origin.start(folder.path())) {
      origin.create(TABLE);
      origin.insert(TABLE, rows, ROWS_A_TRANSACTION);
      origin.sql("VACUUM ANALYZE " + TABLE);
      origin.sql("CHECKPOINT");
      System.out.println(rows + " rows are there");
      Run run = new Run(origin, rows);
      for (int round = 0; round < rounds; round++) {
        run.copy();
        run.log();
        run.lake();
        run.debezium();
      }
      run.print(report);
    }
  }

  /** One thread owns it. */
  private static final class Run {
    private final Origin origin;
    private final long rows;
    private final ChildJvm ours = ChildJvm.ofFreshet("-Xmx2g");
    private final ChildJvm peer = Peer.jvm();
    private final Side limit = new Side("bare COPY");
    private final Side log = new Side("Freshet, synced in its log");
    private final Side lake = new Side("Freshet, in an Iceberg table");
    private final Side debezium = new Side("Debezium");

    Run(Origin origin, long rows) {
      this.origin = origin;
      this.rows = rows;
    }

    void copy() throws IOException {
      add(limit, peer.run(Peer.BARE, LIMIT, "copy", origin.file().toString(), TABLE));
    }

    void log() throws IOException, SQLException, InterruptedException {
      try (WorkFolder folder = WorkFolder.create("freshet-bench-snapshot-log-")) {
        add(log, work("log", TABLE, "freshet", folder.path().toString(), String.valueOf(rows)));
      }
      origin.dropSlots();
    }

    void lake() throws IOException, SQLException, InterruptedException {
      try (WorkFolder folder = WorkFolder.create("freshet-bench-snapshot-lake-")) {
        add(lake, work("lake", TABLE, folder.path().toString(), String.valueOf(rows)));
      }
      origin.dropSlots();
    }

    private ChildJvm.Outcome work(String into, String... arguments) throws IOException {
      String[] all = new String[arguments.length + 2];
      all[0] = into;
      all[1] = origin.file().toString();
      System.arraycopy(arguments, 0, all, 2, arguments.length);
      return ours.run(CaptureWork.class.getName(), LIMIT, all);
    }

    void debezium() throws IOException, SQLException, InterruptedException {
      Path file = origin.file();
      add(
          debezium,
          peer.run(
              Peer.DEBEZIUM,
              LIMIT,
              "snapshot",
              file.toString(),
              TABLE,
              "debezium",
              TABLE,
              String.valueOf(rows)));
      origin.dropSlots();
    }

    private void add(Side side, ChildJvm.Outcome outcome) {
      side.add(outcome, rows, Origin.idSum(rows));
    }

    void print(Report report) {
      TextTable table = Side.table();
      for (Side side : List.of(limit, log, lake, debezium)) {
        side.row(table, limit);
      }
      table.print(System.out);
      double most = limit.median().perSecond();
      double theirs = debezium.median().perSecond();
      report.figure("copy_rows_per_s", most);
      report.figure("log_rows_per_s", log.median().perSecond());
      report.figure("lake_rows_per_s", lake.median().perSecond());
      report.figure("debezium_rows_per_s", theirs);
      report.figure("log_cpu_s_per_million_rows", log.median().cpuSecondsAMillion());
      report.figure("lake_cpu_s_per_million_rows", lake.median().cpuSecondsAMillion());
      report.figure("debezium_cpu_s_per_million_rows", debezium.median().cpuSecondsAMillion());
      report.figure("log_peak_memory_mb", log.median().peakMb());
      report.figure("lake_peak_memory_mb", lake.median().peakMb());
      report.figure("debezium_peak_memory_mb", debezium.median().peakMb());
      report.atLeast("log_times_debezium", log.median().perSecond() / theirs, 7);
      report.atLeast("lake_times_debezium", lake.median().perSecond() / theirs, 7);
      report.atLeast("log_share_of_limit", log.median().perSecond() / most, 0.5);
      report.atLeast("lake_share_of_limit", lake.median().perSecond() / most, 0.5);
    }
  }
}
