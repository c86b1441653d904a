package dev.freshet.bench.capture;

import dev.freshet.bench.capture.Recvlogical.Values;
import dev.freshet.bench.harness.Benchmark;
import dev.freshet.bench.harness.ChildJvm;
import dev.freshet.bench.harness.Commands;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Report;
import dev.freshet.bench.harness.TextTable;
import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.postgres.PostgresSource;
import dev.freshet.capture.postgres.SlotMemory;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.testing.files.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * {@code ./bench capture}: a backlog of inserts is streamed by Freshet into a step that does
 * nothing, by Debezium's embedded engine to a consumer that does nothing, and by readers that
 * decode nothing, each in a process of its own and from a slot of its own that was there before the
 * backlog was written; so the writer takes no part of the time. Each round has a new backlog, and
 * begins with another side. The limit is the faster of two: PostgreSQL's own client, with values as
 * text and binary.
 */
public final class CaptureBenchmark implements Benchmark {
  private static final Duration LIMIT = Duration.ofMinutes(20);
  private static final int SIDES = 5;

  @Override
  public String name() {
    return "capture";
  }

  @Override
  public String summary() {
    return "changes of a PostgreSQL streamed into nothing, beside Debezium and what the server gives at most"
        + " (--rows 1_000_000, --transaction 1000, --warm-up 200_000, --rounds 3 for the median)";
  }

  @Override
  public void run(List<String> arguments, Report report) throws Exception {
    Options options = Options.of(arguments, "rows", "transaction", "warm-up", "rounds");
    long warmUp = options.within("warm-up", 200_000, 1, 1_000_000_000);
    long rows = warmUp + options.within("rows", 1_000_000, 1, 1_000_000_000);
    long transaction = options.within("transaction", 1_000, 1, 10_000_000);
    long rounds = options.within("rounds", 3, 1, 100);
    try (WorkFolder folder = WorkFolder.create("freshet-bench-capture-");
        Origin origin = Origin.start(folder.path())) {
      Run run = new Run(origin, folder.path(), warmUp, rows);
      for (int round = 0; round < rounds; round++) {
        run.round(round, transaction);
      }
      run.print(report);
    }
  }

  /** One thread owns it. */
  private static final class Run {
    private final Origin origin;
    private final Path folder;
    private final long warmUp;
    private final long rows;
    private final ChildJvm ours = ChildJvm.ofFreshet("-Xmx2g");
    private final ChildJvm peer = Peer.jvm();
    private final Side freshet = new Side("Freshet");
    private final Side debezium = new Side("Debezium");
    private final Side bare = new Side("bare driver loop");
    private final Side text = new Side("pg_recvlogical to a file, text");
    private final Side binary = new Side("pg_recvlogical to a file, binary");

    Run(Origin origin, Path folder, long warmUp, long rows) {
      this.origin = origin;
      this.folder = folder;
      this.warmUp = warmUp;
      this.rows = rows;
    }

    void round(int round, long transaction) throws Exception {
      String table = "changes_" + round;
      origin.create(table);
      byte[] position = slotOfFreshet(table);
      for (String slot : List.of("debezium", "bare", "text", "binary")) {
        origin.createSlot(slot);
      }
      origin.insert(table, rows, transaction);
      System.out.println("round " + (round + 1) + ": " + rows + " rows are there");
      for (int i = 0; i < SIDES; i++) {
        switch ((round + i) % SIDES) {
          case 0 -> freshet(table, position);
          case 1 -> debezium(table);
          case 2 -> bare(table);
          case 3 -> recvlogical(text, table, "text", Values.TEXT);
          default -> recvlogical(binary, table, "binary", Values.BINARY);
        }
      }
      origin.dropSlots();
      origin.sql("DROP TABLE " + table);
    }

    /** Lets Freshet make its slot, as it does before a snapshot; the table is empty. */
    private byte[] slotOfFreshet(String table) throws IOException, InterruptedException {
      AtomicReference<byte[]> last = new AtomicReference<>(new byte[0]);
      PostgresSource source =
          new PostgresSource(
              Origin.config(origin.file(), table, "freshet"), SlotMemory.ofProcess());
      ChangeSink sink =
          changes -> {
            if (changes.part() == Part.LAST) {
              last.set(changes.position());
            }
            return ChangeSink.Answer.TAKEN;
          };
      long deadline = System.nanoTime() + LIMIT.toNanos();
      try (Capture capture =
          source.start(Scheduler.threads(), Clock.system(), Resume.FROM_NOTHING, sink)) {
        while (capture.status().state() != State.STREAMING || last.get().length == 0) {
          if (System.nanoTime() > deadline) {
            throw new FreshetException(
                ErrorCode.TIMED_OUT, "Failed to make a slot: " + capture.status());
          }
          TimeUnit.MILLISECONDS.sleep(5);
        }
      }
      return last.get();
    }

    private void freshet(String table, byte[] position) throws IOException {
      add(
          freshet,
          ours.run(
              CaptureWork.class.getName(),
              LIMIT,
              "stream",
              origin.file().toString(),
              table,
              "freshet",
              HexFormat.of().formatHex(position),
              String.valueOf(warmUp),
              String.valueOf(rows)));
    }

    private void debezium(String table) throws IOException {
      add(
          debezium,
          peer.run(
              Peer.DEBEZIUM,
              LIMIT,
              "stream",
              origin.file().toString(),
              table,
              "debezium",
              table,
              String.valueOf(warmUp),
              String.valueOf(rows)));
    }

    private void bare(String table) throws IOException {
      add(
          bare,
          peer.run(
              Peer.BARE,
              LIMIT,
              "stream",
              origin.file().toString(),
              "bare",
              table,
              String.valueOf(warmUp),
              String.valueOf(rows)));
    }

    private void recvlogical(Side side, String table, String slot, Values values) throws Exception {
      if (Commands.exists(Recvlogical.PROGRAM)) {
        side.add(new Recvlogical(origin, folder, warmUp, rows, LIMIT).run(table, slot, values));
      }
    }

    private void add(Side side, ChildJvm.Outcome outcome) {
      side.add(outcome, rows, Origin.idSum(rows));
    }

    void print(Report report) {
      boolean hasClient = !text.isEmpty();
      if (!hasClient) {
        System.out.println(
            "the limit is the bare driver loop: there is no "
                + Recvlogical.PROGRAM
                + " on the PATH");
      }
      Side limit = hasClient ? text.faster(binary).faster(bare) : bare;
      TextTable table = Side.table();
      freshet.row(table, limit);
      debezium.row(table, limit);
      bare.row(table, limit);
      if (hasClient) {
        text.row(table, limit);
        binary.row(table, limit);
      }
      table.print(System.out);
      Side.Run ownRun = freshet.median();
      Side.Run peerRun = debezium.median();
      report.figure("rows_per_s", ownRun.perSecond());
      report.figure("debezium_rows_per_s", peerRun.perSecond());
      report.figure("bare_rows_per_s", bare.median().perSecond());
      report.figure("limit_rows_per_s", limit.median().perSecond());
      report.figure("cpu_s_per_million_rows", ownRun.cpuSecondsAMillion());
      report.figure("debezium_cpu_s_per_million_rows", peerRun.cpuSecondsAMillion());
      report.figure("peak_memory_mb", ownRun.peakMb());
      report.figure("debezium_peak_memory_mb", peerRun.peakMb());
      report.atLeast("times_debezium", ownRun.perSecond() / peerRun.perSecond(), 2);
      report.atLeast("share_of_limit", ownRun.perSecond() / limit.median().perSecond(), 0.8);
      report.atMost(
          "cpu_share_of_debezium", ownRun.cpuSecondsAMillion() / peerRun.cpuSecondsAMillion(), 0.5);
    }
  }
}
