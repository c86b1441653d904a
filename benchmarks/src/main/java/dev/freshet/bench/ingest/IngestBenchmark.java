package dev.freshet.bench.ingest;

import dev.freshet.bench.harness.Benchmark;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Report;
import dev.freshet.bench.harness.Samples;
import dev.freshet.testing.files.WorkFolder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Rows posted over loopback HTTP to a project with one model over them; each request is answered
 * when it is synced to disk.
 *
 * <ol>
 *   <li>batches, as fast as several connections can send them: rows a second answered, and rows a
 *       second from the first request until the model shows all
 *   <li>single rows at a steady rate: from when each should have been sent until its answer, so
 *       that a pause counts for all that waited (no coordinated omission)
 * </ol>
 *
 * <p>The senders share the machine with the server. Last, the model must count what was answered.
 */
public final class IngestBenchmark implements Benchmark {
  private static final int BODIES = 64;

  @Override
  public String name() {
    return "ingest";
  }

  @Override
  public String summary() {
    return "rows posted over loopback HTTP; --batch 100 --connections 8 --for 10s --rate 200 --heap 2g";
  }

  @Override
  public void run(List<String> arguments, Report report) throws Exception {
    Options options = Options.of(arguments, "batch", "connections", "for", "rate", "heap");
    int batch = (int) options.number("batch", 100);
    int connections = (int) options.number("connections", 8);
    Duration time = options.duration("for", Duration.ofSeconds(10));
    int rate = (int) options.number("rate", 200);
    try (WorkFolder folder = WorkFolder.create("freshet-bench-ingest-");
        PostServer server = PostServer.start(folder.path(), options.text("heap", "2g"))) {
      System.out.println("posting to " + server.address());
      Sent warmUp = flatOut(server, batch, connections, time.dividedBy(2));
      server.requireVisible(warmUp.rows());
      double cpuBefore = server.cpuSeconds();
      long start = System.nanoTime();
      Sent batches = flatOut(server, batch, connections, time);
      double seconds = (System.nanoTime() - start) / 1e9;
      server.requireVisible(warmUp.rows() + batches.rows());
      double untilVisible = (System.nanoTime() - start) / 1e9;
      report.atLeast("rows_per_s", batches.rows() / seconds, 200_000);
      report.figure("visible_rows_per_s", batches.rows() / untilVisible);
      report.figure("batch_p50_ms", batches.latencies().millis(0.5));
      report.figure("batch_p99_ms", batches.latencies().millis(0.99));
      report.figure(
          "cpu_s_per_million_rows", (server.cpuSeconds() - cpuBefore) / batches.rows() * 1_000_000);
      Sent singles = steadily(server, rate, connections, time);
      report.figure("single_rows_per_s", singles.rows() / (time.toNanos() / 1e9));
      report.figure("single_row_p50_ms", singles.latencies().millis(0.5));
      report.atMost("single_row_p99_ms", singles.latencies().millis(0.99), 10);
      report.figure("single_row_max_ms", singles.latencies().millis(1));
      server.requireVisible(warmUp.rows() + batches.rows() + singles.rows());
    }
  }

  /** What was answered, and how long each answer took. */
  private record Sent(long rows, Samples latencies) {}

  private static Sent flatOut(PostServer server, int batch, int connections, Duration time)
      throws Exception {
    List<byte[]> requests = requests(batch);
    long end = System.nanoTime() + time.toNanos();
    return together(
        connections,
        number ->
            () -> {
              Samples latencies = new Samples();
              long rows = 0;
              try (PostConnection connection = new PostConnection(server.address())) {
                long before = System.nanoTime();
                for (int i = number; before < end; i++) {
                  connection.post(requests.get(i % requests.size()));
                  long now = System.nanoTime();
                  latencies.add(now - before);
                  rows += batch;
                  before = now;
                }
              }
              return new Sent(rows, latencies);
            });
  }

  private static Sent steadily(PostServer server, int rate, int connections, Duration time)
      throws Exception {
    List<byte[]> requests = requests(1);
    long start = System.nanoTime();
    long between = 1_000_000_000L * connections / rate;
    long count = time.toNanos() / between;
    return together(
        connections,
        number ->
            () -> {
              Samples latencies = new Samples();
              try (PostConnection connection = new PostConnection(server.address())) {
                for (long i = 0; i < count; i++) {
                  long due = start + i * between + number * between / connections;
                  for (long left = due - System.nanoTime();
                      left > 0;
                      left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                  }
                  connection.post(requests.get((int) (i % requests.size())));
                  latencies.add(System.nanoTime() - due);
                }
              }
              return new Sent(count, latencies);
            });
  }

  private interface Sender {
    Callable<Sent> of(int number);
  }

  private static Sent together(int connections, Sender sender)
      throws IOException, InterruptedException {
    try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
      List<Future<Sent>> running = new ArrayList<>();
      for (int number = 0; number < connections; number++) {
        running.add(threads.submit(sender.of(number)));
      }
      long rows = 0;
      Samples all = new Samples();
      for (Future<Sent> each : running) {
        Sent sent = each.get();
        rows += sent.rows();
        all.addAll(sent.latencies());
      }
      return new Sent(rows, all);
    } catch (ExecutionException e) {
      throw new IOException("a sender failed: " + e.getCause(), e);
    }
  }

  /** About 100 bytes a row. */
  private static List<byte[]> requests(int batch) {
    List<byte[]> requests = new ArrayList<>();
    for (int request = 0; request < BODIES; request++) {
      StringBuilder body = new StringBuilder();
      for (int row = 0; row < batch; row++) {
        long id = 1_000_000L + (long) request * batch + row;
        body.append("{\"id\": ")
            .append(id)
            .append(", \"page\": \"/page/")
            .append(id * 31 % 100)
            .append("\", \"visitor\": \"visitor-")
            .append(id * 17 % 10_000)
            .append("\", \"seen_at\": \"")
            .append(Instant.ofEpochSecond(1_795_000_000L + id % 100_000))
            .append("\", \"millis\": ")
            .append(id % 977)
            .append("}\n");
      }
      requests.add(PostConnection.request(body.toString()));
    }
    return requests;
  }
}
