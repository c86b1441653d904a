package dev.freshet.bench;

import dev.freshet.bench.harness.Benchmark;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Report;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.log.LogReader;
import dev.freshet.log.LogRecord;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The embedded log alone, on a real disk: rows a second when every row is a record of its own and
 * made durable, how long durability takes, reading, and opening.
 */
final class LogBenchmark implements Benchmark {
  private static final int LATENCY_SAMPLES_MAX = 1_000_000;

  @Override
  public String name() {
    return "log";
  }

  @Override
  public String summary() {
    return "durable rows a second of the embedded log; --for 10s --row-bytes 100 --rate 250000 --dir D";
  }

  @Override
  public void run(List<String> arguments, Report report) throws Exception {
    Options options = Options.of(arguments, "for", "row-bytes", "rate", "dir");
    Duration time = options.duration("for", Duration.ofSeconds(10));
    int rowBytes = (int) options.number("row-bytes", 100);
    int rate = (int) options.number("rate", 250_000);
    Path parent = Path.of(options.text("dir", System.getProperty("java.io.tmpdir")));
    Path directory = Files.createTempDirectory(parent, "freshet-bench-log");
    try {
      measureThroughput(directory, rowBytes, time.dividedBy(5)); // warms up
      delete(directory);
      double cpuBefore = cpuSeconds();
      double rowsPerSecond = measureThroughput(directory, rowBytes, time);
      double rows = rowsPerSecond * time.toNanos() / 1e9;
      report.figure("cpu_s_per_million_rows", (cpuSeconds() - cpuBefore) / rows * 1e6);
      report.atLeast("rows_per_s", rowsPerSecond, 500_000);
      report.figure("mb_per_s", rowsPerSecond * rowBytes / 1e6);
      measureOpenAndRead(directory, report);
      delete(directory);
      measureLatency(directory, rowBytes, rate, time.dividedBy(2), report);
    } finally {
      delete(directory);
    }
  }

  private static double cpuSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  private static EmbeddedLog open(Path directory) {
    return EmbeddedLog.open(
        new LocalStorage(directory), "log", Clock.system(), LogSettings.DEFAULT);
  }

  private static LogRecord record(int rowBytes) {
    byte[] row = new byte[rowBytes];
    Arrays.fill(row, (byte) 'r');
    return new LogRecord("shop", new byte[16], ChangeSet.Part.LAST, 0, 1, row, 0, rowBytes);
  }

  private static double measureThroughput(Path directory, int rowBytes, Duration time) {
    LogRecord record = record(rowBytes);
    try (EmbeddedLog log = open(directory)) {
      log.startCommits(Scheduler.threads());
      long start = System.nanoTime();
      long end = start + time.toNanos();
      while (System.nanoTime() < end) {
        for (int i = 0; i < 1_000; i++) {
          log.append(record);
        }
      }
      log.flush();
      return log.durableOffset() * 1e9 / (System.nanoTime() - start);
    }
  }

  private static void measureOpenAndRead(Path directory, Report report) {
    long start = System.nanoTime();
    try (EmbeddedLog log = open(directory)) {
      report.figure("open_ms", (System.nanoTime() - start) / 1e6);
      long readStart = System.nanoTime();
      long rows = 0;
      try (LogReader reader = log.read(log.startOffset())) {
        while (reader.next()) {
          rows += reader.rowCount();
        }
      }
      report.figure("read_rows_per_s", rows * 1e9 / (System.nanoTime() - readStart));
      report.figure("size_mb", log.sizeBytes() / 1e6);
    }
  }

  /** Appends at a steady rate and takes the time until each row is durable. */
  private static void measureLatency(
      Path directory, int rowBytes, int rate, Duration time, Report report) {
    int rows = (int) Math.min(LATENCY_SAMPLES_MAX, rate * time.toMillis() / 1000);
    long[] appended = new long[rows];
    long[] durable = new long[rows];
    int[] seen = new int[2]; // rows, commits; written by the committing thread only
    LogRecord record = record(rowBytes);
    try (EmbeddedLog log = open(directory)) {
      log.onDurable(offset -> {
        long now = System.nanoTime();
        seen[1]++;
        while (seen[0] < offset) {
          durable[seen[0]++] = now;
        }
      });
      log.startCommits(Scheduler.threads());
      long start = System.nanoTime();
      for (int i = 0; i < rows; i++) {
        long due = start + i * 1_000_000_000L / rate;
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        appended[i] = System.nanoTime();
        log.append(record);
      }
      log.flush();
    }
    long[] latencies = new long[rows];
    for (int i = 0; i < rows; i++) {
      latencies[i] = durable[i] - appended[i];
    }
    Arrays.sort(latencies);
    report.figure("durable_p50_ms", latencies[rows / 2] / 1e6);
    report.atMost("durable_p99_ms", latencies[(int) (rows * 0.99)] / 1e6, 10);
    report.figure("rows_per_commit", (double) rows / Math.max(1, seen[1]));
  }

  private static void delete(Path directory) throws IOException {
    Path log = directory.resolve("log");
    for (Path path : List.of(log, directory)) {
      if (Files.isDirectory(path)) {
        try (Stream<Path> files = Files.list(path)) {
          for (Path file : files.toList()) {
            Files.delete(file);
          }
        }
        Files.delete(path);
      }
    }
  }
}
