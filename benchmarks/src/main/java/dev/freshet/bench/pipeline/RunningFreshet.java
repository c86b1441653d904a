package dev.freshet.bench.pipeline;

import dev.freshet.bench.harness.Signals;
import dev.freshet.demo.shop.ShopDatabase;
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

/** {@code freshet up} in a process of its own, as a user starts it. One thread owns it. */
final class RunningFreshet implements AutoCloseable {
  private static final long START_SECONDS = 60;
  private static final long STOP_SECONDS = 30;
  private static final int OUTPUT_LINES_SHOWN = 20;

  private final Process process;
  private final Thread hook;
  private final Path output;
  private final BenchProject project;
  private final HttpClient client = HttpClient.newHttpClient();
  private final long startedNanos;

  private RunningFreshet(Process process, Path output, BenchProject project, long startedNanos) {
    this.process = process;
    this.hook = Signals.atExit(process::destroyForcibly);
    this.output = output;
    this.project = project;
    this.startedNanos = startedNanos;
  }

  /** Builds the command if it is not built yet, and shows it. */
  static void build(Path home) throws IOException, InterruptedException {
    Process build =
        new ProcessBuilder(home.resolve("freshet").toString(), "--version")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (build.waitFor() != 0) {
      throw new IOException("the freshet command does not run: exit code " + build.exitValue());
    }
  }

  static RunningFreshet start(Path home, BenchProject project, String databaseUrl)
      throws IOException {
    Path output = Files.createTempFile(project.directory().getParent(), "freshet-", ".out");
    ProcessBuilder builder =
        new ProcessBuilder(
            home.resolve("freshet").toString(), "up", project.directory().toString());
    builder.environment().put(ShopDatabase.URL_VARIABLE, databaseUrl);
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    long started = System.nanoTime();
    return new RunningFreshet(builder.start(), output, project, started);
  }

  /**
   * Waits for the first non-empty answer to a query; returns the milliseconds since the command was
   * started.
   */
  double awaitFirstResult(String sql) throws IOException, InterruptedException {
    long deadline = startedNanos + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (System.nanoTime() < deadline) {
      List<String> lines = tryQuery(sql);
      if (lines.size() > 1) {
        return (System.nanoTime() - startedNanos) / 1e6;
      }
      if (!process.isAlive()) {
        throw new IOException(
            "freshet up ended with " + process.exitValue() + ":\n" + lastOutput());
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    throw new IOException("no result within " + START_SECONDS + " s:\n" + lastOutput());
  }

  /** The answer as CSV, its header first; empty while nobody listens or the query fails. */
  private List<String> tryQuery(String sql) throws InterruptedException {
    try {
      HttpResponse<String> answer = send(sql);
      return answer.statusCode() == 200 ? answer.body().lines().toList() : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** The answer's first value. */
  String ask(String sql) throws IOException, InterruptedException {
    HttpResponse<String> answer = send(sql);
    if (answer.statusCode() != 200) {
      throw new IOException("cannot ask " + sql + ": " + answer.body());
    }
    return answer.body().lines().skip(1).findFirst().orElse("");
  }

  private HttpResponse<String> send(String sql) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(project.address() + "/v1/sql?format=csv"))
            .timeout(Duration.ofSeconds(30))
            .POST(HttpRequest.BodyPublishers.ofString(sql))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** CPU seconds that the process has used since it began. */
  double cpuSeconds() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  /** The most memory that the process has held, in MB; 0 where the system does not tell. */
  double peakMemoryMb() throws IOException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1e3)
        .findFirst()
        .orElse(0);
  }

  private String lastOutput() throws IOException {
    List<String> lines = Files.readAllLines(output);
    return String.join(
        "\n", lines.subList(Math.max(0, lines.size() - OUTPUT_LINES_SHOWN), lines.size()));
  }

  /** Stops it cleanly. */
  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(hook);
    client.shutdownNow();
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
