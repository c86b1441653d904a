package dev.freshet.runtime.mask;

import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.system.FreshetSystem;
import dev.freshet.runtime.system.ProjectCheck;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/** A project in a folder, and a client of its real server. One thread owns it. */
final class MaskedProject implements AutoCloseable {
  static final String KEY = "the masking key of all the tests";

  private static final long WAIT_NANOS = 60_000_000_000L;

  /** What makes a column masked, as contracts are written here. */
  private static final Pattern MASK = Pattern.compile(", mask: (\\{[^}]*}|\\w+)");

  private final Path folder;
  private final Map<String, String> environment = new HashMap<>(Map.of("MASKING_KEY", KEY));
  private final HttpClient client = HttpClient.newHttpClient();
  private FreshetSystem system;

  MaskedProject(Path folder) throws IOException {
    this.folder = folder;
    write(
        "freshet.yaml",
        """
        name: people
        serve: {port: 0}
        lake: {publish-interval: 50ms}
        engine: {checkpoint-interval: 200ms}
        masking: {key: "${MASKING_KEY}"}
        """);
  }

  Path state() {
    return folder.resolve(".freshet");
  }

  void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /** Takes all masks out of the contracts, as a plant: what was hidden is to be found then. */
  void removeMasks() throws IOException {
    List<Path> contracts;
    try (var files = Files.list(folder.resolve("contracts"))) {
      contracts = files.toList();
    }
    for (Path contract : contracts) {
      String text = Files.readString(contract);
      Files.writeString(
          contract,
          MASK.matcher(text.replace("VARCHAR, mask: {hash: BIGINT}", "BIGINT")).replaceAll(""));
    }
  }

  void set(String variable, String value) {
    environment.put(variable, value);
  }

  void unset(String variable) {
    environment.remove(variable);
  }

  FreshetSystem start() {
    system = FreshetSystem.start(ProjectReader.read(folder, environment, ""));
    return system;
  }

  List<String> check() {
    return ProjectCheck.run(ProjectReader.read(folder, environment, ""));
  }

  /** Publishes and saves all, and ends. */
  void stop() {
    system.publish();
    system.close();
  }

  HttpResponse<String> post(String table, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(system.address() + "/v1/ingest/" + table))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body));
    return client.send(
        (headers.length == 0 ? request : request.headers(headers)).build(),
        BodyHandlers.ofString());
  }

  /** The answer as CSV without its head. */
  String query(String sql) throws Exception {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(URI.create(system.address() + "/v1/sql?format=csv"))
                .POST(BodyPublishers.ofString(sql))
                .build(),
            BodyHandlers.ofString());
    return answer.statusCode() == 200
        ? answer.body().substring(answer.body().indexOf('\n') + 1).replace("\r", "")
        : answer.body();
  }

  void await(String sql, String rows) throws Exception {
    long deadline = System.nanoTime() + WAIT_NANOS;
    String last = query(sql);
    while (!last.equals(rows)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(sql + " answers " + last + ", not " + rows);
      }
      LockSupport.parkNanos(20_000_000);
      last = query(sql);
    }
  }

  String get(String path) throws Exception {
    return client
        .send(
            HttpRequest.newBuilder(URI.create(system.address() + path)).build(),
            BodyHandlers.ofString())
        .body();
  }

  @Override
  public void close() {
    client.shutdownNow();
    if (system != null) {
      system.close();
    }
  }
}
