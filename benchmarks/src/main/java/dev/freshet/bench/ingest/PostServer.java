package dev.freshet.bench.ingest;

import dev.freshet.bench.harness.ReadyProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A project that is posted to, in a process of its own. One thread owns it. */
public final class PostServer implements AutoCloseable {
  private static final Duration READY = Duration.ofMinutes(3);
  private static final long VISIBLE_SECONDS = 300;

  private final ReadyProcess process;
  private final URI address;
  private final HttpClient client = HttpClient.newHttpClient();

  private PostServer(ReadyProcess process) {
    this.process = process;
    this.address = URI.create(process.told());
  }

  /**
   * @param heap as {@code -Xmx} takes it
   */
  static PostServer start(Path folder, String heap) throws IOException {
    return start(folder, heap, "", List.of());
  }

  /**
   * @param settings of the source, besides
   * @param jvmOptions more of them
   */
  public static PostServer start(Path folder, String heap, String settings, List<String> jvmOptions)
      throws IOException {
    write(folder, "freshet.yaml", "name: ingest\nserve: {port: 0}\n");
    write(folder, "sources/web.yaml", "kind: http\ntables: [views]\n" + settings);
    write(
        folder,
        "contracts/views.yaml",
        "columns: {id: BIGINT NOT NULL, page: VARCHAR, visitor: VARCHAR, seen_at: TIMESTAMP_LTZ,"
            + " millis: INTEGER}\n");
    write(
        folder,
        "models/gold/pages.sql",
        "SELECT page, COUNT(*) AS views, SUM(millis) AS millis FROM views GROUP BY page\n");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(
        List.of(
            "-Xmx" + heap,
            "-XX:+UseG1GC",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:+UseTransparentHugePages",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            PostServerMain.class.getName(),
            folder.toString()));
    return new PostServer(
        ReadyProcess.start(command, PostServerMain.ADDRESS, READY, System.err::println));
  }

  private static void write(Path folder, String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  public URI address() {
    return address;
  }

  /** How many rows the model shows. */
  long visible() throws IOException, InterruptedException {
    String count = query("SELECT SUM(views) AS n FROM pages").getFirst();
    return count.isEmpty() ? 0 : Long.parseLong(count);
  }

  /** The rows of a query as CSV. */
  public List<String> query(String sql) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(address.resolve("/v1/sql?format=csv&maxRows=1000000"))
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString(sql))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException("cannot ask what is visible: " + answer.body());
    }
    return answer.body().lines().skip(1).toList();
  }

  /** Waits until all rows are visible; {@code false} when others are, or the time ran out. */
  public boolean awaitVisible(long rows, long seconds) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    long visible = visible();
    while (visible < rows && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(20);
      visible = visible();
    }
    return visible == rows;
  }

  /** As {@link #awaitVisible}, for rows that must be. */
  void requireVisible(long rows) throws IOException, InterruptedException {
    if (!awaitVisible(rows, VISIBLE_SECONDS)) {
      throw new IOException(rows + " rows were taken, and " + visible() + " are visible");
    }
  }

  /** CPU seconds that the process has used since it began. */
  double cpuSeconds() {
    return process.cpuSeconds();
  }

  /** SIGKILL. Returns when it is gone. */
  public void kill() {
    process.kill();
  }

  @Override
  public void close() {
    client.shutdownNow();
    process.close();
  }
}
