package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A table that is added to a source's file comes whole with the next start, and only it. */
@Timeout(180)
class AddedTableTest {
  @TempDir private Path project;
  @TempDir private Path home;

  @Test
  void aTableAndAModelOverItAreThereAfterTheNextStart() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast())) {
      execute(
          server,
          "CREATE TABLE customers (id int PRIMARY KEY, country text);"
              + "CREATE TABLE orders (id int PRIMARY KEY, customer_id int, amount int);"
              + "INSERT INTO customers VALUES (1, 'GB'), (2, 'US');"
              + "INSERT INTO orders VALUES (10, 1, 5), (11, 2, 7)");
      write("freshet.yaml", "name: shop\nserve: {port: 0}\n");
      tables("public.customers");
      write(
          "models/gold/people.sql",
          "SELECT country, COUNT(*) AS n FROM customers GROUP BY country");
      try (FreshetSystem system = start(server)) {
        awaitAnswer(system, "SELECT * FROM people ORDER BY country", "GB,1\nUS,1\n");
      }
      execute(
          server,
          "INSERT INTO customers VALUES (3, 'US'); UPDATE orders SET amount = 8 WHERE id = 11");
      tables("public.customers, public.orders");
      write(
          "models/gold/revenue.sql",
          "SELECT c.country, SUM(o.amount) AS revenue FROM orders o"
              + " JOIN customers c ON o.customer_id = c.id GROUP BY c.country");
      try (FreshetSystem system = start(server)) {
        awaitAnswer(system, "SELECT * FROM revenue ORDER BY country", "GB,5\nUS,8\n");
        awaitAnswer(system, "SELECT * FROM people ORDER BY country", "GB,1\nUS,2\n");
        execute(server, "DELETE FROM orders WHERE id = 10; INSERT INTO orders VALUES (12, 3, 1)");
        awaitAnswer(system, "SELECT * FROM revenue ORDER BY country", "US,9\n");
      }
      try (FreshetSystem system = start(server)) {
        awaitAnswer(system, "SELECT * FROM revenue ORDER BY country", "US,9\n");
        awaitAnswer(system, "SELECT COUNT(*) FROM customers", "3\n");
      }
    }
  }

  private void tables(String names) throws Exception {
    write("sources/shop.yaml", "kind: postgres\nurl: ${SHOP_URL}\ntables: [" + names + "]\n");
  }

  private void write(String file, String text) throws Exception {
    Path path = project.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private FreshetSystem start(EmbeddedPostgres server) {
    String url =
        "postgres://postgres:" + server.password() + "@127.0.0.1:" + server.port() + "/postgres";
    return FreshetSystem.start(ProjectReader.read(project, Map.of("SHOP_URL", url), ""));
  }

  private static void execute(EmbeddedPostgres server, String sql) throws Exception {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void awaitAnswer(FreshetSystem system, String sql, String rows) throws Exception {
    List<String> wanted = rows.lines().toList();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    for (List<String> found = query(system, sql);
        !found.equals(wanted);
        found = query(system, sql)) {
      assertThat(System.nanoTime()).as("%s", found).isLessThan(end);
      LockSupport.parkNanos(20_000_000);
    }
  }

  private static List<String> query(FreshetSystem system, String sql) throws Exception {
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
