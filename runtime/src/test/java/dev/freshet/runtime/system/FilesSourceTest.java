package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import dev.freshet.runtime.project.ProjectReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A project whose rows come as files, through the whole system. */
@Timeout(120)
class FilesSourceTest {
  @TempDir private Path folder;

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
    write("inbox/people/1.jsonl", "{\"id\": 1, \"name\": \"ada\"}\n{\"id\": 2, \"name\": \"grace\"}\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private FreshetSystem start() {
    return FreshetSystem.start(ProjectReader.read(folder, Map.of(), ""));
  }

  private static String rows(FreshetSystem system, String sql) {
    return system.query(sql).rows().toString();
  }

  private static void await(FreshetSystem system, String sql, String expected) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!rows(system, sql).equals(expected) && System.nanoTime() < deadline) {
      system.awaitApplied(1, TimeUnit.SECONDS);
    }
    assertThat(rows(system, sql)).as(system.status().toString()).isEqualTo(expected);
  }
}
