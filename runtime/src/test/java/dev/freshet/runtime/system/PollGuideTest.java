package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/guides/jdbc-poll.md says with a real database, and finds what it shows. */
@Timeout(180)
class PollGuideTest {
  private static final Pattern STEP =
      Pattern.compile("<!-- (\\w+) ?(.*?) -->\\n```[a-z]+\\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path project;
  @TempDir private Path home;

  @Test
  void doesWhatTheGuideSaysAndGoesOnAfterARestart() throws Exception {
    Matcher step = STEP.matcher(Files.readString(Path.of("../docs/guides/jdbc-poll.md")));
    List<String> done = new ArrayList<>();
    FreshetSystem system = null;
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast())) {
      while (step.find()) {
        String block = step.group(3);
        switch (step.group(1)) {
          case "sql" -> execute(server, block);
          case "file" -> {
            Path file = project.resolve(step.group(2));
            Files.createDirectories(file.getParent());
            String text = block.equals("name: crm\n") ? block + "serve: {port: 0}\n" : block;
            Files.writeString(file, text);
          }
          case "query" -> {
            if (system == null) {
              assertThat(ProjectCheck.run(read(server)).toString()).contains("deleted rows stay");
              system = FreshetSystem.start(read(server));
            }
            awaitAnswer(system, step.group(2), block);
          }
          default -> throw new AssertionError("Unknown step in the guide: " + step.group(1));
        }
        done.add(step.group(1));
      }
      assertThat(done).contains("file", "sql", "query");
      system.close();
      execute(server, "UPDATE orders SET amount = 0, updated_at = now() WHERE id = 12");
      system = FreshetSystem.start(read(server));
      awaitAnswer(system, "SELECT * FROM revenue", "GB,12.50\nUS,20.00\n");
    } finally {
      if (system != null) {
        system.close();
      }
    }
  }

  @Test
  void saysWhichDriverIsLacking() throws Exception {
    Files.createDirectories(project.resolve("sources"));
    Files.writeString(project.resolve("freshet.yaml"), "name: crm\n");
    Files.writeString(
        project.resolve("sources/crm.yaml"),
        """
        kind: jdbc-poll
        url: jdbc:nobody://somewhere/crm?password=hidden
        changed-by: id
        tables: [orders]
        """);
    Project read = ProjectReader.read(project, Map.of(), "");

    assertThatThrownBy(() -> ProjectCheck.run(read))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("no JDBC driver knows this address")
        .hasMessageContaining("jdbc:nobody://somewhere/crm")
        .hasMessageNotContaining("hidden");
  }

  private Project read(EmbeddedPostgres server) {
    return ProjectReader.read(
        project,
        Map.of(
            "CRM_URL",
            "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres",
            "CRM_USER",
            EmbeddedPostgres.USER,
            "CRM_PASSWORD",
            server.password()),
        "");
  }

  private static void execute(EmbeddedPostgres server, String sql) throws Exception {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void awaitAnswer(FreshetSystem system, String sql, String rows) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!sorted(query(system, sql)).equals(sorted(rows))) {
      if (System.nanoTime() > end) {
        throw new AssertionError("did not come: " + query(system, sql));
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  private static List<String> sorted(String rows) {
    return rows.lines().sorted().toList();
  }

  private static String query(FreshetSystem system, String sql) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      String answer =
          client
              .send(
                  HttpRequest.newBuilder(URI.create(system.address() + "/v1/sql?format=csv"))
                      .POST(BodyPublishers.ofString(sql, StandardCharsets.UTF_8))
                      .build(),
                  BodyHandlers.ofString())
              .body();
      return answer.substring(answer.indexOf('\n') + 1).replace("\r", "");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
