package dev.freshet.bench.recovery;

import dev.freshet.bench.harness.Benchmark;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Report;
import dev.freshet.bench.harness.Samples;
import dev.freshet.bench.harness.TextTable;
import dev.freshet.database.Freshet;
import dev.freshet.database.FreshetOptions;
import dev.freshet.testing.files.WorkFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * {@code ./bench checkpoint}: the same updates of a large table with a checkpoint every 5 seconds
 * and with none, in turn; the throughput of both, the longest transaction of each, and the bytes
 * that checkpoints wrote.
 */
public final class CheckpointBenchmark implements Benchmark {
  private static final int CHANGED = 1_000;
  private static final Duration NEVER = Duration.ofDays(1);
  private static final Duration TURN = Duration.ofSeconds(5);
  private static final double RATIO_WANTED = 0.9;

  @Override
  public String name() {
    return "checkpoint";
  }

  @Override
  public String summary() {
    return "updates with checkpoints and without, in turn (--rows 1000000 --interval 5s --for 60s)";
  }

  /** A database, and what its turns came to. */
  private static final class Side implements AutoCloseable {
    private final WorkFolder folder = WorkFolder.create("freshet-bench-checkpoint-");
    private final Freshet db;
    private final Items items;
    private final Samples times = new Samples();
    private final Map<String, Long> runBytes = new HashMap<>();
    private long changes;
    private long nanos;

    Side(Duration interval, long rows) {
      db =
          Freshet.open(
              folder.path().resolve("db"), FreshetOptions.DEFAULT.withCheckpointInterval(interval));
      items = Items.fill(db, rows, 1);
    }

    void turn(Duration time) {
      long begin = System.nanoTime();
      long looked = begin;
      for (long now = begin; now - begin < time.toNanos(); ) {
        items.update(CHANGED);
        long ended = System.nanoTime();
        times.add(ended - now);
        now = ended;
        changes += CHANGED;
        if (now - looked > TURN.toNanos() / 10) {
          look();
          looked = now;
        }
      }
      nanos += System.nanoTime() - begin;
    }

    /** A checkpoint's file stays for longer than the time between two looks. */
    private void look() {
      try (Stream<Path> files = Files.list(folder.path().resolve("db").resolve("state"))) {
        for (Path file : files.filter(each -> each.toString().endsWith(".run")).toList()) {
          long bytes = file.toFile().length(); // 0 when it has just gone
          runBytes.merge(file.getFileName().toString(), bytes, Math::max);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    double perSecond() {
      return changes * 1e9 / nanos;
    }

    @Override
    public void close() {
      db.close();
      folder.close();
    }
  }

  @Override
  public void run(List<String> arguments, Report report) {
    Options options = Options.of(arguments, "rows", "interval", "for");
    long rows = options.number("rows", 1_000_000);
    Duration interval = options.duration("interval", Duration.ofSeconds(5));
    long turns = Math.max(2, options.duration("for", Duration.ofSeconds(60)).dividedBy(TURN) / 2);
    try (Side with = new Side(interval, rows);
        Side without = new Side(NEVER, rows)) {
      List<Side> order = new ArrayList<>(List.of(with, without));
      for (long turn = 0; turn < turns; turn++) {
        for (Side side : order) {
          side.turn(TURN);
        }
        order = order.reversed();
      }
      with.look();
      TextTable table = new TextTable("", "changes/s", "p50 ms", "p99 ms", "longest ms");
      row(table, "a checkpoint every " + interval.toSeconds() + " s", with);
      row(table, "none", without);
      table.print(System.out);
      report.atLeast("throughput_ratio", with.perSecond() / without.perSecond(), RATIO_WANTED);
      report.figure("changes_per_s", with.perSecond());
      report.figure("changes_per_s_without", without.perSecond());
      report.figure("longest_ms", with.times.millis(1));
      report.figure("longest_ms_without", without.times.millis(1));
      report.figure("checkpoints", with.runBytes.size());
      report.figure("checkpoint_mb_written", sum(with) / 1e6);
    }
  }

  private static double sum(Side side) {
    return side.runBytes.values().stream().mapToLong(Long::longValue).sum();
  }

  private static void row(TextTable table, String title, Side side) {
    table.row(
        title,
        TextTable.number(side.perSecond()),
        TextTable.number(side.times.millis(0.5)),
        TextTable.number(side.times.millis(0.99)),
        TextTable.number(side.times.millis(1)));
  }
}
