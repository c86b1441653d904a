package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.mariadb.MariaDbServer;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/guides/mysql.md says with a real MariaDB, and finds what it shows. */
@EnabledIf("serverIsHere")
@Timeout(240)
class MySqlGuideTest {
  private static final Pattern STEP =
      Pattern.compile("<!-- (\\w+) ?([^\\n]*?) ?-->\\n```[a-z]+\\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path project;
  @TempDir private Path serverFolder;

  static boolean serverIsHere() {
    return MariaDbServer.isHere();
  }

  @Test
  void doesWhatTheGuideSaysAndGoesOnAfterARestart() throws Exception {
    Matcher step = STEP.matcher(Files.readString(Path.of("../docs/guides/mysql.md")));
    List<String> done = new ArrayList<>();
    FreshetSystem system = null;
    try (MariaDbServer server = MariaDbServer.start(serverFolder.resolve("server"))) {
      server.execute("CREATE DATABASE shop");
      while (step.find()) {
        String block = step.group(3);
        switch (step.group(1)) {
          case "sql" -> server.execute(block);
          case "file" -> {
            Path file = project.resolve(step.group(2));
            Files.createDirectories(file.getParent());
            Files.writeString(
                file, block.equals("name: shop\n") ? block + "serve: {port: 0}\n" : block);
          }
          case "query" -> {
            if (system == null) {
              assertThat(String.join("\n", ProjectCheck.run(read(server))))
                  .contains("source shop: reachable, 2 tables can be captured");
              system = FreshetSystem.start(read(server));
            }
            awaitAnswer(system, step.group(2), block);
          }
          default -> throw new AssertionError("Unknown step in the guide: " + step.group(1));
        }
        done.add(step.group(1));
      }
      assertThat(done).contains("sql", "file", "query");
      system.close();
      server.execute("UPDATE shop.orders SET amount = 1 WHERE id = 1");
      system = FreshetSystem.start(read(server));
      awaitAnswer(system, "SELECT country, revenue FROM revenue", "GB,1.00\nNL,100.00\n");
      assertThat(query(system, "SELECT COUNT(*) FROM sales").strip()).isEqualTo("2");
    } finally {
      if (system != null) {
        system.close();
      }
    }
  }

  private Project read(MariaDbServer server) {
    return ProjectReader.read(
        project,
        Map.of("MARIADB_ADDRESS", "127.0.0.1:" + server.port(), "MARIADB_PASSWORD", "a secret"),
        "");
  }

  private static void awaitAnswer(FreshetSystem system, String sql, String rows) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    String answer = "";
    while (!sorted(answer).equals(sorted(rows))) {
      if (System.nanoTime() > end) {
        throw new AssertionError(answer + " in place of " + rows + send(system, "/v1/status"));
      }
      LockSupport.parkNanos(20_000_000);
      answer = query(system, sql);
    }
  }

  private static List<String> sorted(String rows) {
    return rows.lines().sorted().toList();
  }

  private static String query(FreshetSystem system, String sql) {
    String answer =
        send(
            HttpRequest.newBuilder(URI.create(system.address() + "/v1/sql?format=csv"))
                .POST(BodyPublishers.ofString(sql, StandardCharsets.UTF_8)));
    return answer.substring(answer.indexOf('\n') + 1).replace("\r", "");
  }

  private static String send(FreshetSystem system, String path) {
    return send(HttpRequest.newBuilder(URI.create(system.address() + path)));
  }

  private static String send(HttpRequest.Builder request) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), BodyHandlers.ofString()).body();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
