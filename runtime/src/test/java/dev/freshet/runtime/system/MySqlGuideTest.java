package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
  @TempDir private Path initialised;

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
          case "runs" -> {
            String[] words = step.group(2).split(" ");
            String path = "/v1/sources/" + words[2] + "/" + words[1] + "?table=" + words[3];
            assertThat(post(system, path + "&format=text", "")).isEqualTo(block);
          }
          default -> throw new AssertionError("Unknown step in the guide: " + step.group(1));
        }
        done.add(step.group(1));
      }
      assertThat(done).contains("sql", "file", "query", "runs");
      system.close();
      server.execute("UPDATE shop.orders SET amount = 1 WHERE id = 1");
      system = FreshetSystem.start(read(server));
      awaitAnswer(system, "SELECT country, revenue FROM revenue", "GB,8.00\nBE,100.00\n");
      assertThat(query(system, "SELECT COUNT(*) FROM sales").strip()).isEqualTo("3");
      makesAProjectOfWhatTheServerHolds(server);
    } finally {
      if (system != null) {
        system.close();
      }
    }
  }

  private void makesAProjectOfWhatTheServerHolds(MariaDbServer server) throws Exception {
    server.execute("CREATE TABLE shop.notes (text VARCHAR(20))", "CREATE VIEW shop.v AS SELECT 1");
    Path made = initialised.resolve("mine");
    String address = "mariadb://freshet@127.0.0.1:" + server.port() + "/shop";
    Map<String, String> environment = Map.of("SHOP_PASSWORD", "a secret");
    DatabaseScaffold.Written written =
        DatabaseScaffold.write(made, address, environment, initialised.resolve("drivers"));
    assertThat(written.passwordVariable()).isEmpty();
    assertThat(written.files())
        .containsExactly(
            "freshet.yaml",
            "sources/shop.yaml",
            "contracts/customers.yaml",
            "contracts/orders.yaml",
            "models/gold/row_counts.sql",
            "models/gold/orders_per_day.sql");
    assertThat(made.resolve("sources/shop.yaml"))
        .hasContent(
            """
            kind: mysql
            url: %s
            # Set this variable in the environment; nothing secret stands in files.
            password: ${SHOP_PASSWORD:-}
            tables:
              - customers
              - orders
              # notes has no primary key: add one to capture it
            """
                .formatted(address));
    assertThat(made.resolve("contracts/orders.yaml"))
        .hasContent(
            """
            description: As found in orders
            key: [id]
            columns:
              id: BIGINT NOT NULL
              customer_id: INTEGER NOT NULL
              amount: DECIMAL(12, 2) NOT NULL
              paid_at: TIMESTAMP_LTZ
            """);
    Project project = ProjectReader.read(made, Map.of("SHOP_PASSWORD", "a secret"), "");
    assertThat(String.join("\n", ProjectCheck.run(project)))
        .contains("source shop: reachable, 2 tables can be captured");
    assertThatThrownBy(() ->
            DatabaseScaffold.write(
                initialised.resolve("other"), address.replace("@", ":wrong@"), environment, made))
        .hasMessageContaining("MariaDB at 127.0.0.1:" + server.port())
        .hasMessageNotContaining("wrong");
    Path drivers = Files.createDirectory(initialised.resolve("drivers"));
    Path other = initialised.resolve("deep/other");
    Files.createDirectories(other.getParent());
    assertThat(
            DatabaseScaffold.write(other, address.replace("@", ":a%20secret@"), Map.of(), drivers)
                .passwordVariable())
        .isEqualTo("SHOP_PASSWORD");
    assertThat(other.resolve("sources/shop.yaml")).content().contains("\ndrivers: ../../drivers\n");
    inspectsAServerThatWantsEncryption(server, address, environment);
    namesTablesThatNoFileCouldBeNamedAfter(server, address, environment);
  }

  private void inspectsAServerThatWantsEncryption(
      MariaDbServer server, String address, Map<String, String> environment) throws Exception {
    server.execute("ALTER USER freshet@'%' REQUIRE SSL");
    Path none = initialised.resolve("none");
    assertThatThrownBy(
            () -> DatabaseScaffold.write(initialised.resolve("open"), address, environment, none))
        .hasMessageContaining("MariaDB at 127.0.0.1:" + server.port());
    Path made = initialised.resolve("encrypted");
    DatabaseScaffold.write(made, address + "?tls=required", environment, none);
    assertThat(made.resolve("sources/shop.yaml"))
        .content()
        .contains("\nurl: " + address + "\ntls: required\n");
    assertThat(String.join("\n", ProjectCheck.run(ProjectReader.read(made, environment, ""))))
        .contains("source shop: reachable, 2 tables can be captured");
    assertThatThrownBy(() ->
            DatabaseScaffold.write(
                initialised.resolve("open"), address + "?tls=maybe", environment, none))
        .hasMessageContaining("tls=verify-full");
    server.execute("ALTER USER freshet@'%' REQUIRE NONE");
  }

  private void namesTablesThatNoFileCouldBeNamedAfter(
      MariaDbServer server, String address, Map<String, String> environment) throws Exception {
    server.execute(
        "CREATE TABLE shop.`../../escaped` (id INT PRIMARY KEY)",
        "CREATE TABLE shop.`a: {b` (id INT PRIMARY KEY)",
        "CREATE TABLE shop.`with.dots` (id INT PRIMARY KEY)");
    Path made = initialised.resolve("odd");
    DatabaseScaffold.write(made, address, environment, initialised.resolve("none"));
    assertThat(made.resolve("sources/shop.yaml"))
        .content()
        .contains(
            """
            tables:
              - {name: shop.../../escaped, as: escaped}
              - {name: 'a: {b', as: a_b}
              - customers
              - orders
              - {name: shop.with.dots, as: with_dots}
            """);
    assertThat(initialised.resolve("escaped.yaml")).doesNotExist();
    assertThat(String.join("\n", ProjectCheck.run(ProjectReader.read(made, environment, ""))))
        .contains("source shop: reachable, 5 tables can be captured");
  }

  private Project read(MariaDbServer server) {
    return ProjectReader.read(
        project,
        Map.of("MARIADB_ADDRESS", "127.0.0.1:" + server.port(), "SHOP_PASSWORD", "a secret"),
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
    String answer = post(system, "/v1/sql?format=csv", sql);
    return answer.substring(answer.indexOf('\n') + 1).replace("\r", "");
  }

  private static String post(FreshetSystem system, String path, String body) {
    return send(
        HttpRequest.newBuilder(URI.create(system.address() + path))
            .POST(BodyPublishers.ofString(body, StandardCharsets.UTF_8)));
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
