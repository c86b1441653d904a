package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import dev.freshet.runtime.project.ProjectReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A project whose rows come as files, through the whole system. */
@Timeout(120)
class FilesSourceTest {
  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void writeProject() throws IOException {
    write("freshet.yaml", "name: shop\nserve: {port: 0}\nlake: {publish-interval: 50ms}\n");
    write(
        "sources/inbox.yaml",
        """
        kind: files
        path: inbox
        tables:
          - orders
          - {name: "people/*.jsonl", as: customers}
        settle: 0s
        """);
    write(
        "contracts/orders.yaml",
        "columns: {id: BIGINT NOT NULL, customer: BIGINT, amount: \"DECIMAL(10, 2)\"}\n");
    write("contracts/customers.yaml", "key: [id]\ncolumns: {id: BIGINT, name: VARCHAR}\n");
    write(
        "models/gold/per_customer.sql",
        """
        SELECT c.name, COUNT(*) AS orders, SUM(o.amount) AS amount
        FROM orders AS o JOIN customers AS c ON o.customer = c.id
        GROUP BY c.name
        """);
    write("inbox/orders-1.csv", "id;customer;amount\n1;1;10.50\n2;2;3\nx;2;3\n");
    write("inbox/orders-2.csv", "id,customer,amount\n3,1,\"1\n");
    write(
        "inbox/people/1.jsonl",
        "{\"id\": 1, \"name\": \"ada\"}\n{\"id\": 2, \"name\": \"grace\"}\n");
  }

  @AfterEach
  void closeClient() {
    client.shutdownNow();
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private FreshetSystem start() {
    return FreshetSystem.start(ProjectReader.read(folder, Map.of(), ""));
  }

  /** The answer as CSV without its head, once it is the one expected. */
  private void await(FreshetSystem system, String sql, String expected) throws Exception {
    String answer = "";
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!answer.equals(expected) && System.nanoTime() < deadline) {
      answer =
          client
              .send(
                  HttpRequest.newBuilder(URI.create(system.address() + "/v1/sql?format=csv"))
                      .POST(BodyPublishers.ofString(sql))
                      .build(),
                  BodyHandlers.ofString())
              .body()
              .replace("\r", "");
    }
    assertThat(answer).as(system.status().toString()).isEqualTo(expected);
  }

  @Test
  void readsFilesAsTheyCome() throws Exception {
    String sql = "SELECT * FROM per_customer ORDER BY name";
    try (FreshetSystem system = start()) {
      await(system, sql, "name,orders,amount\nada,1,10.50\ngrace,1,3.00\n");
      await(system, "SELECT COUNT(*) AS n FROM orders", "n\n2\n");
      assertThat(system.status().problems())
          .anySatisfy(problem ->
              assertThat(problem)
                  .contains("orders-2.csv waits for its rest: line 2: a quote is not closed"));

      write("inbox/orders-2.csv", "id,customer,amount\n3,1,\"1\"\n");
      await(system, sql, "name,orders,amount\nada,2,11.50\ngrace,1,3.00\n");
    }
    try (FreshetSystem system = start()) {
      write("inbox/orders/new.csv", "3,1,7\n");
      await(system, sql, "name,orders,amount\nada,3,18.50\ngrace,1,3.00\n");
    }
  }

  @Test
  void tellsWhatKeepsItFromReading() throws Exception {
    assertThat(ProjectCheck.run(ProjectReader.read(folder, Map.of(), "")))
        .contains("  table orders: 2 files, such as orders-1.csv");

    Files.delete(folder.resolve("contracts/customers.yaml"));
    assertThatThrownBy(() -> ProjectCheck.run(ProjectReader.read(folder, Map.of(), "")))
        .hasMessageContaining("Cannot read files into table customers: nothing tells its columns")
        .hasMessageContaining("{columns: {\"id\": \"BIGINT\", \"name\": \"VARCHAR\"}}");

    write("sources/inbox.yaml", "kind: files\npath: none\ntables: [orders, customers]\n");
    assertThatThrownBy(() -> ProjectCheck.run(ProjectReader.read(folder, Map.of(), "")))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("there is no such folder")
        .hasMessageContaining("Fix: make the folder, or name another as path");

    write("sources/inbox.yaml", "kind: files\npath: inbox\ntables: [\"orders*.csv\"]\n");
    assertThatThrownBy(() -> ProjectCheck.run(ProjectReader.read(folder, Map.of(), "")))
        .hasMessageContaining("{name: \"orders*.csv\", as: orders}")
        .hasMessageContaining("inbox.yaml:3");
  }
}
