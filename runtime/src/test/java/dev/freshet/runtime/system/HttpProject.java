package dev.freshet.runtime.system;

import dev.freshet.runtime.project.ProjectReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A project that is posted to, and a client of its real server. */
final class HttpProject implements AutoCloseable {
  static final String JSON = "application/json";

  private final Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private FreshetSystem system;

  private HttpProject(Path directory) {
    this.directory = directory;
  }

  static HttpProject create(Path directory) throws IOException {
    HttpProject project = new HttpProject(directory);
    project.write("freshet.yaml", "name: web\nserve: {port: 0}\nlake: {publish-interval: 50ms}\n");
    project.write(
        "sources/web.yaml",
        """
        kind: http
        tables:
          - users
          - {name: clicks, watermark: {column: at, delay: 0s}}
          - {name: beats, keep: none}
        max-request-bytes: 64KiB
        """);
    project.write(
        "contracts/users.yaml",
        "key: [id]\ncolumns: {id: BIGINT, name: VARCHAR NOT NULL, score: \"DECIMAL(6, 2)\"}\n");
    project.write(
        "contracts/clicks.yaml", "columns: {user_id: BIGINT, page: VARCHAR, at: TIMESTAMP_LTZ}\n");
    project.write("contracts/beats.yaml", "columns: {host: VARCHAR NOT NULL}\n");
    project.write(
        "models/gold/pages.sql", "SELECT page, COUNT(*) AS clicks FROM clicks GROUP BY page\n");
    project.write(
        "models/gold/minutes.sql",
        """
        /*
        emit: final
        */
        SELECT window_start, COUNT(*) AS clicks
        FROM TABLE(TUMBLE(TABLE clicks, DESCRIPTOR(at), INTERVAL '1' MINUTE))
        GROUP BY window_start, window_end
        """);
    project.write(
        "models/gold/hosts.sql", "SELECT host, COUNT(*) AS beats FROM beats GROUP BY host\n");
    return project;
  }

  void write(String file, String text) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  void start() {
    system = FreshetSystem.start(ProjectReader.read(directory, Map.of(), ""));
  }

  FreshetSystem system() {
    return system;
  }

  void stop() {
    system.close();
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(system.address() + path));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> post(String table, String type, String body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        request("/v1/ingest/" + table)
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  /** The answer as CSV without its head, once all that was posted is visible. */
  String query(String sql) throws Exception {
    if (!system.awaitApplied(20, TimeUnit.SECONDS)) {
      throw new AssertionError("not applied: " + system.status());
    }
    HttpResponse<String> answer =
        send(request("/v1/sql?format=csv").POST(BodyPublishers.ofString(sql)));
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.body());
    }
    return answer.body().substring(answer.body().indexOf('\n') + 1).replace("\r", "");
  }

  String get(String path) throws Exception {
    return send(request(path)).body();
  }

  @Override
  public void close() {
    client.shutdownNow();
    if (system != null) {
      system.close();
    }
  }
}
