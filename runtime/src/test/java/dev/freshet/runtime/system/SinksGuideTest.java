package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/guides/sinks.md says with real receivers, and finds what it shows. */
@Timeout(300)
class SinksGuideTest {
  private static final Pattern STEP =
      Pattern.compile("<!-- (\\w+) ?(.*?) -->\\n```[a-z]+\\n(.*?)```", Pattern.DOTALL);

  private static final Pattern CHANGE = Pattern.compile("\\{\"op\".*?}}");

  @TempDir private Path project;
  @TempDir private Path home;

  @Test
  void doesWhatTheGuideSays() throws Exception {
    Matcher step = STEP.matcher(Files.readString(Path.of("../docs/guides/sinks.md")));
    List<String> done = new ArrayList<>();
    FreshetSystem system = null;
    boolean hasChanged = false;
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast());
        Receiver receiver = new Receiver()) {
      while (step.find()) {
        String block = step.group(3);
        switch (step.group(1)) {
          case "file" -> {
            Path file = project.resolve(step.group(2));
            Files.createDirectories(file.getParent());
            Files.writeString(
                file, block.equals("name: web\n") ? block + "serve: {port: 0}\n" : block);
            hasChanged = true;
          }
          case "post" -> {
            if (hasChanged) {
              system = started(system, read(server, receiver));
              hasChanged = false;
            }
            post(system, step.group(2), block);
          }
          case "reports" -> await(() -> sorted(reports(server, step.group(2))), sorted(block));
          case "hook" ->
              await(() -> comparable(String.join("", receiver.bodies())), comparable(block));
          default -> throw new AssertionError("Unknown step in the guide: " + step.group(1));
        }
        done.add(step.group(1));
      }
      assertThat(done).contains("file", "post", "reports", "hook");
    } finally {
      if (system != null) {
        system.close();
      }
    }
  }

  private static FreshetSystem started(FreshetSystem before, Project project) {
    if (before != null) {
      before.close();
    }
    assertThat(ProjectCheck.run(project).toString())
        .contains("sink reports: views_per_page, transactional, reachable, table");
    FreshetSystem system = FreshetSystem.start(project);
    await(
        () -> system.status().sinks().stream().map(sink -> sink.state()).distinct().toList(),
        List.of("streaming"));
    return system;
  }

  private Project read(EmbeddedPostgres server, Receiver receiver) {
    return ProjectReader.read(
        project,
        Map.of(
            "REPORTS_URL",
            "postgres://postgres@127.0.0.1:" + server.port() + "/postgres",
            "REPORTS_PASSWORD",
            server.password(),
            "HOOK_URL",
            receiver.url(),
            "HOOK_TOKEN",
            "t"),
        "");
  }

  private static void post(FreshetSystem system, String table, String json) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(system.address() + "/v1/ingest/" + table))
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(json))
              .build();
      assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
  }

  private static String reports(EmbeddedPostgres server, String sql) {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      StringBuilder out = new StringBuilder();
      while (rows.next()) {
        out.append(rows.getString(1)).append(',').append(rows.getString(2)).append('\n');
      }
      return out.toString();
    } catch (SQLException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static List<String> sorted(String rows) {
    return rows.lines().sorted().toList();
  }

  /**
   * Without the numbers of steps and the name of a generation; changes in an order of their own.
   */
  private static List<String> comparable(String json) {
    String plain =
        json.replaceAll("\\s+", "")
            .replaceAll("\"(step|after)\":\\d+", "\"$1\":n")
            .replaceAll("\"generation\":\"[^\"]*\"", "\"generation\":\"...\"");
    List<String> found = new ArrayList<>();
    found.add(CHANGE.matcher(plain).replaceAll("change"));
    CHANGE.matcher(plain).results().map(MatchResult::group).sorted().forEach(found::add);
    return found;
  }

  private static <T> void await(Supplier<T> found, T wanted) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!found.get().equals(wanted)) {
      if (System.nanoTime() > end) {
        assertThat(found.get()).isEqualTo(wanted);
      }
      LockSupport.parkNanos(20_000_000);
    }
  }
}
