package dev.freshet.capture.postgres;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.postgres.PostgresConfig.TableChoice;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Measures snapshot, streaming and latency into a sink that keeps nothing. Run by hand. */
final class CaptureBench {
  private static final SlotMemory MEMORY = SlotMemory.ofProcess();
  private static final int ROWS = Integer.getInteger("rows", 1_000_000);
  private static final int ROWS_A_TRANSACTION = 1_000;
  private static final int LATENCY_COMMITS = 2_000;

  private CaptureBench() {}

  public static void main(String[] arguments) throws Exception {
    try (EmbeddedPostgres server =
            EmbeddedPostgres.start(
                Files.createTempDirectory("freshet-capture-bench"), PostgresOptions.fast());
        Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE bench (id bigint PRIMARY KEY, customer int, amount numeric(12, 2), at timestamptz,"
              + " note text)");
      fill(statement, 0);
      String url =
          "postgres://postgres:" + server.password() + "@127.0.0.1:" + server.port() + "/postgres";
      for (int round = 0; round < Integer.getInteger("rounds", 3); round++) {
        run(url, statement, round);
      }
    }
  }

  private static void fill(Statement statement, int from) throws Exception {
    for (int i = 0; i < ROWS; i += ROWS_A_TRANSACTION) {
      statement.execute(
          ("INSERT INTO bench SELECT i, i %% 1000, i / 100.0, now(), repeat('x', 60)"
                  + " FROM generate_series(%d, %d) i")
              .formatted(from + i, from + i + ROWS_A_TRANSACTION - 1));
    }
  }

  private static void run(String url, Statement statement, int round) throws Exception {
    AtomicLong rows = new AtomicLong();
    AtomicLong lastMicros = new AtomicLong();
    PostgresConfig config =
        PostgresConfig.of("bench" + round, url, List.of(TableChoice.of("bench")));
    long[] latencies = new long[LATENCY_COMMITS];
    AtomicLong commits = new AtomicLong();
    long cpu = cpuNanos();
    long start = System.nanoTime();
    Capture[] running = new Capture[1];
    boolean[] measuring = new boolean[1];
    ChangeSink sink =
        changes -> {
          rows.addAndGet(changes.rowCount());
          lastMicros.set(Clock.system().wallMicros() - changes.sourceMicros());
          if (measuring[0] && changes.rowCount() > 0 && commits.get() < latencies.length) {
            latencies[(int) commits.getAndIncrement()] = lastMicros.get();
          }
          Capture capture = running[0];
          if (capture != null && changes.part() == ChangeSet.Part.LAST) {
            capture.acknowledged(changes.position());
          }
          return ChangeSink.Answer.TAKEN;
        };
    Capture capture =
        new PostgresSource(config, MEMORY)
            .start(Scheduler.threads(), Clock.system(), Resume.FROM_NOTHING, sink);
    running[0] = capture;
    while (capture.status().state() != State.STREAMING) {
      Thread.sleep(10);
    }
    report("snapshot", rows.get(), System.nanoTime() - start, cpuNanos() - cpu);
    // The stream is measured by reading a backlog, so that the writer does not count.
    capture.close();
    Resume.After resume =
        new Resume.After(lastPosition(statement, config), ChangeSet.Part.LAST, List.of());
    fill(statement, (round + 1) * ROWS);
    readBare(url, config, resume);
    rows.set(0);
    cpu = cpuNanos();
    start = System.nanoTime();
    capture =
        new PostgresSource(config, MEMORY).start(Scheduler.threads(), Clock.system(), resume, sink);
    running[0] = capture;
    while (rows.get() < ROWS) {
      Thread.sleep(10);
    }
    report("stream", rows.get(), System.nanoTime() - start, cpuNanos() - cpu);
    cpu = cpuNanos();
    start = System.nanoTime();
    measuring[0] = true;
    for (int i = 0; i < LATENCY_COMMITS; i++) {
      statement.execute("UPDATE bench SET customer = customer + 1 WHERE id = " + i);
    }
    Thread.sleep(1_000);

    int count = (int) commits.get();
    long[] sorted = Arrays.copyOf(latencies, count);
    Arrays.sort(sorted);
    System.out.printf(
        "latency of %d change sets: p50 %d us, p99 %d us, max %d us%n",
        count, sorted[count / 2], sorted[count * 99 / 100], sorted[count - 1]);
    report("single commits", count, System.nanoTime() - start, cpuNanos() - cpu);
    cpu = cpuNanos();
    Thread.sleep(3000);
    System.out.printf("idle: %.4f cores%n", (cpuNanos() - cpu) / 3e9);
    capture.close();
    statement.execute("SELECT pg_drop_replication_slot('" + config.slot() + "')");
  }

  /** The limit: the driver's own replication stream, nothing decoded, nothing confirmed. */
  private static void readBare(String url, PostgresConfig config, Resume.After resume)
      throws Exception {
    ServerAddress address = ServerAddress.parse(url);
    java.util.Properties properties = new java.util.Properties();
    properties.setProperty("user", address.user());
    properties.setProperty("password", address.password());
    properties.setProperty("replication", "database");
    properties.setProperty("assumeMinServerVersion", "14");
    properties.setProperty("preferQueryMode", "simple");
    long cpu = cpuNanos();
    long start = System.nanoTime();
    long rows = 0;
    try (Connection connection =
        java.sql.DriverManager.getConnection(address.jdbcUrl(), properties)) {
      var stream =
          connection
              .unwrap(org.postgresql.PGConnection.class)
              .getReplicationAPI()
              .replicationStream()
              .logical()
              .withSlotName(config.slot())
              .withStartPosition(
                  org.postgresql.replication.LogSequenceNumber.valueOf(
                      Position.decode(resume.position()).lsn()))
              .withSlotOption("proto_version", 4)
              .withSlotOption("publication_names", config.publication())
              .withSlotOption("binary", true)
              .start();
      while (rows < ROWS) {
        var message = stream.read();
        if (message.get(message.position()) == 'I') {
          rows++;
        }
      }
      report("bare driver loop", rows, System.nanoTime() - start, cpuNanos() - cpu);
      stream.close();
    }
  }

  private static byte[] lastPosition(Statement statement, PostgresConfig config) throws Exception {
    try (var row =
        statement.executeQuery(
            "SELECT confirmed_flush_lsn, (SELECT system_identifier FROM pg_control_system()) FROM"
                + " pg_replication_slots WHERE slot_name = '"
                + config.slot()
                + "'")) {
      row.next();
      return new Position(Position.Kind.STREAMING, row.getLong(2), Lsn.parse(row.getString(1)))
          .encode();
    }
  }

  private static void report(String what, long rows, long nanos, long cpuNanos) {
    System.out.printf(
        "%s: %d rows, %.2f s, %.0f rows/s, %.2f CPU s%n",
        what, rows, nanos / 1e9, rows / (nanos / 1e9), cpuNanos / 1e9);
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
