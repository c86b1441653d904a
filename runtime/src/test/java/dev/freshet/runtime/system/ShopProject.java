package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A project that a test writes, over tables of a PostgreSQL. */
record ShopProject(Path folder, EmbeddedPostgres server) {
  static ShopProject of(Path folder, EmbeddedPostgres server) throws Exception {
    ShopProject project = new ShopProject(folder, server);
    project.write("freshet.yaml", "name: shop\nserve: {port: 0}\n");
    return project;
  }

  void tables(String names) throws Exception {
    write("sources/shop.yaml", "kind: postgres\nurl: ${SHOP_URL}\ntables: [" + names + "]\n");
  }

  void write(String file, String text) throws Exception {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  FreshetSystem start() {
    String url =
        "postgres://postgres:" + server.password() + "@127.0.0.1:" + server.port() + "/postgres";
    return FreshetSystem.start(ProjectReader.read(folder, Map.of("SHOP_URL", url), ""));
  }

  void execute(String sql) throws Exception {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static void awaitAnswer(FreshetSystem system, String sql, String rows) throws Exception {
    List<String> wanted = rows.lines().toList();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    for (List<String> found = query(system, sql);
        !found.equals(wanted);
        found = query(system, sql)) {
      assertThat(System.nanoTime()).as("%s", found).isLessThan(end);
      LockSupport.parkNanos(20_000_000);
    }
  }

  static void awaitProblem(FreshetSystem system, String text) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (system.status().problems().stream().noneMatch(problem -> problem.contains(text))) {
      assertThat(System.nanoTime()).as("%s", system.status().problems()).isLessThan(end);
      LockSupport.parkNanos(20_000_000);
    }
  }

  static List<String> query(FreshetSystem system, String sql) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(system.address() + "/v1/sql?format=csv"))
              .POST(BodyPublishers.ofString(sql))
              .build();
      List<String> lines = client.send(request, BodyHandlers.ofString()).body().lines().toList();
      return lines.subList(Math.min(1, lines.size()), lines.size());
    }
  }
}
