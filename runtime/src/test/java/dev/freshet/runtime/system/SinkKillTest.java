package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.crash.CrashPoint;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real process dies between a sink's rows and their commit, and between the commit and what it
 * knows of it: each change is in the database once, and came to the webhook under one key.
 */
@Timeout(300)
class SinkKillTest {
  private static final Pattern STEPS =
      Pattern.compile("\"generation\":\"([^\"]+)\"(?:,\"after\":(\\d+))?,\"step\":(\\d+)");
  private static final Pattern UPSERT = Pattern.compile("\"id\":(\\d+),\"posts\":(\\d+)");
  private static final int IDS = 3;

  @TempDir private Path folder;
  @TempDir private Path home;
  private final HttpClient client = HttpClient.newHttpClient();
  private int posted;

  /** Runs the project of a folder until it dies. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] arguments) throws InterruptedException {
      FreshetSystem system =
          FreshetSystem.start(ProjectReader.read(Path.of(arguments[0]), Map.of(), ""));
      System.out.println("AT " + system.address());
      TimeUnit.MINUTES.sleep(5);
    }
  }

  @Test
  void deliversEachChangeOnceThoughTheProcessDies() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast());
        Receiver receiver = new Receiver()) {
      writeTheProject(server, receiver);
      watchTheTable(server);
      // Each sink takes all rows at first, and then changes.
      assertThat(postUntilItDies(CrashPoint.SINK_TAKEN.option(6))).isEqualTo(CrashPoint.EXIT);
      assertThat(postUntilItDies(CrashPoint.SINK_UNCOMMITTED.option(2))).isEqualTo(CrashPoint.EXIT);
      Process last = start("-Dnothing=1");
      try {
        post(address(last));
        awaitAll(server, receiver);
      } finally {
        last.destroyForcibly().waitFor();
      }
      assertThat(
              query(server, "SELECT id || '/' || posts FROM seen GROUP BY 1 HAVING COUNT(*) > 1"))
          .as("changes that the table took twice")
          .isEmpty();
      assertThat(receiver.bodies().stream().filter(body -> body.contains("\"snapshot\":true")))
          .as("changes were enough after each start")
          .hasSize(1);
      requireUnbrokenRow(receiver.bodies());
    } finally {
      client.shutdownNow();
    }
  }

  private void writeTheProject(EmbeddedPostgres server, Receiver receiver) throws IOException {
    write("freshet.yaml", "name: web\nserve: {port: 0}\nengine: {checkpoint-interval: 200ms}\n");
    write("sources/web.yaml", "kind: http\ntables: [posts]\n");
    write("contracts/posts.yaml", "columns: {id: BIGINT NOT NULL}\n");
    write("models/gold/counts.sql", "SELECT id, COUNT(*) AS posts FROM posts GROUP BY id\n");
    write(
        "sinks/db.yaml",
        "kind: postgres\nmodel: counts\nurl: " + server.uriWithPassword("postgres") + "\n");
    write("sinks/hook.yaml", "kind: http\nmodel: counts\nurl: " + receiver.url() + "\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /** Each row that is written to the sink's table is seen, though it be the same again. */
  private static void watchTheTable(EmbeddedPostgres server) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE TABLE counts (id bigint PRIMARY KEY, posts bigint);
          CREATE TABLE seen (id bigint, posts bigint);
          CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN INSERT INTO seen VALUES (NEW.id, NEW.posts); RETURN NULL; END $$;
          CREATE TRIGGER see AFTER INSERT OR UPDATE ON counts FOR EACH ROW EXECUTE FUNCTION see();
          """);
    }
  }

  private Process start(String option) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            option,
            Victim.class.getName(),
            folder.toString())
        .redirectErrorStream(true)
        .start();
  }

  private static String address(Process process) throws IOException {
    StringBuilder said = new StringBuilder();
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("AT ")) {
        return line.substring(3);
      }
      said.append(line).append('\n');
    }
    throw new AssertionError(said);
  }

  private int postUntilItDies(String option) throws Exception {
    Process process = start(option);
    try {
      String address = address(process);
      while (process.isAlive()) {
        try {
          post(address);
        } catch (IOException e) {
          assertThat(process.waitFor(20, TimeUnit.SECONDS)).as(e.toString()).isTrue();
        }
        LockSupport.parkNanos(10_000_000);
      }
      return process.exitValue();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** The next row; one that was not answered goes again, under the same key. */
  private void post(String address) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + "/v1/ingest/posts"))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", "post-" + posted)
            .POST(BodyPublishers.ofString("{\"id\": " + posted % IDS + "}"))
            .build();
    assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    posted++;
  }

  private void awaitAll(EmbeddedPostgres server, Receiver receiver) {
    Map<Long, Long> wanted = new HashMap<>();
    for (long post = 0; post < posted; post++) {
      wanted.merge(post % IDS, 1L, Long::sum);
    }
    String rows = IDS + ": " + wanted.get(0L) + " " + wanted.get(1L) + " " + wanted.get(2L);
    String sql = "SELECT COUNT(*) || ': ' || string_agg(posts::text, ' ' ORDER BY id) FROM counts";
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!query(server, sql).equals(rows) || !counts(receiver.bodies()).equals(wanted)) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            wanted + " and not " + query(server, sql) + " and " + counts(receiver.bodies()));
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  private static Map<Long, Long> counts(List<String> bodies) {
    Map<Long, Long> counts = new HashMap<>();
    for (String body : bodies) {
      Matcher upsert = UPSERT.matcher(body);
      while (upsert.find()) {
        Long before = counts.put(Long.parseLong(upsert.group(1)), Long.parseLong(upsert.group(2)));
        assertThat(before == null || before < Long.parseLong(upsert.group(2)))
            .as("a change that came twice, under two keys: " + body)
            .isTrue();
      }
    }
    return counts;
  }

  /** Each request begins at the step at which the one before ended. */
  private static void requireUnbrokenRow(List<String> bodies) {
    String step = "";
    String generation = "";
    for (String body : bodies) {
      Matcher steps = STEPS.matcher(body);
      assertThat(steps.find()).isTrue();
      if (!step.isEmpty()) {
        assertThat(steps.group(1)).isEqualTo(generation);
        assertThat(steps.group(2)).isEqualTo(step);
      }
      generation = steps.group(1);
      step = steps.group(3);
    }
  }

  private static String query(EmbeddedPostgres server, String sql) {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    } catch (SQLException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
