package dev.freshet.bench.freshness;

import dev.freshet.bench.capture.Origin;
import dev.freshet.bench.harness.ChildJvm;
import dev.freshet.bench.harness.ReadyProcess;
import dev.freshet.bench.ingest.PostServerMain;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A project with one model over the table, in a process of its own, whose change feed is read over
 * HTTP. One thread owns it.
 */
final class FollowedProject implements AutoCloseable {
  private static final Pattern NEWEST =
      Pattern.compile("\"weight\":1,\"row\":\\{\"lane\":(\\d+),\"newest\":(\\d+)");
  private static final Duration READY = Duration.ofMinutes(3);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final String MODEL =
      """
      /*
      key: [lane]
      freshness: 100ms
      */
      SELECT lane, MAX(id) AS newest, COUNT(*) AS event_count FROM events GROUP BY lane
      """;

  private final ReadyProcess process;
  private final URI address;
  private final Lanes seen = new Lanes(Writers.LANES);
  private final HttpClient client = HttpClient.newHttpClient();
  private volatile String failure = "";

  private FollowedProject(ReadyProcess process) {
    this.process = process;
    this.address = URI.create(process.told());
  }

  static FollowedProject start(Origin origin, Path folder)
      throws IOException, InterruptedException {
    write(folder, "freshet.yaml", "name: bench\nserve: {port: 0}\n");
    write(
        folder,
        "sources/bench.yaml",
        "kind: postgres\nurl: " + origin.url() + "\ntables: [public.events]\n");
    write(folder, "models/gold/newest.sql", MODEL);
    List<String> command =
        ChildJvm.ofFreshet("-Xmx2g").command(PostServerMain.class.getName(), folder.toString());
    FollowedProject project =
        new FollowedProject(
            ReadyProcess.start(command, PostServerMain.ADDRESS, READY, System.err::println));
    try {
      project.follow();
      return project;
    } catch (IOException | InterruptedException | RuntimeException e) {
      project.close();
      throw e;
    }
  }

  private static void write(Path folder, String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private void follow() throws IOException, InterruptedException {
    URI feed = address.resolve("/v1/tables/newest/changes?from=snapshot");
    HttpResponse<Stream<String>> response =
        client.send(
            HttpRequest.newBuilder(feed).timeout(ANSWER).build(),
            HttpResponse.BodyHandlers.ofLines());
    if (response.statusCode() != 200) {
      throw new IOException("the change feed answered " + response.statusCode());
    }
    Thread.ofPlatform()
        .daemon()
        .name("feed")
        .start(() -> {
          try (Stream<String> lines = response.body()) {
            lines.forEach(this::take);
            failure = "the change feed ended";
          } catch (RuntimeException e) {
            failure = "the change feed failed: " + e.getMessage();
          }
        });
  }

  private void take(String line) {
    if (line.startsWith("event:error")) {
      failure = "the reader of the change feed was too slow";
      return;
    }
    Matcher newest = NEWEST.matcher(line);
    if (line.startsWith("data:") && newest.find()) {
      seen.add(
          Integer.parseInt(newest.group(1)), Long.parseLong(newest.group(2)), Lanes.nowMicros());
    }
  }

  /**
   * Waits until all of that can be seen.
   *
   * @throws IOException when it cannot, or the model counts other rows
   */
  Lanes awaitAll(Writers.Written written, Duration patience)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!seen.reaches(written.commits())) {
      if (!failure.isEmpty() || System.nanoTime() > deadline) {
        throw new IOException("not all rows could be seen: " + failure);
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    String count = ask("SELECT SUM(event_count) AS n FROM newest");
    if (!count.equals(String.valueOf(written.rows()))) {
      throw new IOException("the model counts " + count + " rows of " + written.rows());
    }
    return seen;
  }

  private String ask(String sql) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(address.resolve("/v1/sql?format=csv"))
                .timeout(ANSWER)
                .POST(HttpRequest.BodyPublishers.ofString(sql))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return answer.body().lines().skip(1).findFirst().orElse(answer.body());
  }

  /** CPU seconds that the process has used since it began. */
  double cpuSeconds() {
    return process.cpuSeconds();
  }

  @Override
  public void close() {
    client.shutdownNow();
    process.close();
  }
}
