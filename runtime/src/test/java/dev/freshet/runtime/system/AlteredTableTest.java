package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.serve.backend.SystemStatus;
import dev.freshet.serve.backend.SystemStatus.SourceStatus.SchemaChange;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
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

/** A column that models read is renamed at its source. */
@Timeout(180)
class AlteredTableTest {
  private static final String RENAMED = "column qty of orders was renamed to quantity";

  @TempDir private Path project;
  @TempDir private Path home;

  @Test
  void isSaidWhileItRunsAndWhenItStartsAgain() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast())) {
      execute(server, "CREATE TABLE orders (id int PRIMARY KEY, qty int)");
      write("freshet.yaml", "name: shop\nserve: {port: 0}\n");
      write("sources/shop.yaml", "kind: postgres\nurl: ${SHOP_URL}\ntables: [orders]\n");
      write("models/gold/total.sql", "SELECT SUM(qty) AS qty FROM orders");
      SourceSetup setup = SourceSetup.of(read(server), "shop");
      assertThat(setup.check()).anyMatch(line -> line.contains("freshet source install shop"));
      setup.run(setup.installing());
      assertThat(setup.installing()).isEmpty();
      assertThat(setup.check()).noneMatch(line -> line.contains("freshet source install"));

      try (FreshetSystem system = FreshetSystem.start(read(server))) {
        awaitStreaming(system);
        execute(
            server, "INSERT INTO orders VALUES (1, 5); ALTER TABLE orders RENAME qty TO quantity");
        SystemStatus status = awaitChange(system);
        assertThat(status.sources().getFirst().schemaChanges().stream().map(SchemaChange::text))
            .containsExactly(RENAMED);
        assertThat(status.healthy()).isFalse();
        assertThat(status.problems())
            .anyMatch(problem ->
                problem.startsWith("Source shop: " + RENAMED + " (at 0/")
                    && problem.contains("Column qty of rows since then is NULL here."));
      }
      assertThatThrownBy(() -> FreshetSystem.start(read(server)))
          .hasMessageContaining("qty")
          .hasMessageContaining(RENAMED);
      write(
          "contracts/orders.yaml",
          "key: [id]\ncolumns:\n  id: INTEGER NOT NULL\n  qty: INTEGER NOT NULL\n");
      assertThatThrownBy(() -> FreshetSystem.start(read(server)))
          .hasMessageContaining("does not have it: " + RENAMED);
      Files.delete(project.resolve("contracts/orders.yaml"));
      write("models/gold/total.sql", "SELECT SUM(quantity) AS qty FROM orders");
      try (FreshetSystem system = FreshetSystem.start(read(server))) {
        assertThat(system.status().problems()).isEmpty();
        assertThat(awaitChange(system).sources().getFirst().schemaChanges()).hasSize(1);
      }
      setup.run(setup.uninstalling());
      assertThat(setup.uninstalling()).isEmpty();
    }
  }

  /** What is altered before the first rows are read is no change. */
  private static void awaitStreaming(FreshetSystem system) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!system.status().sources().getFirst().state().equals("streaming")) {
      assertThat(System.nanoTime()).as("%s", system.status()).isLessThan(end);
      LockSupport.parkNanos(5_000_000);
    }
  }

  private static SystemStatus awaitChange(FreshetSystem system) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    SystemStatus status = system.status();
    while (status.sources().getFirst().schemaChanges().isEmpty()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("no change is told: " + status);
      }
      LockSupport.parkNanos(5_000_000);
      status = system.status();
    }
    return status;
  }

  private void write(String file, String text) throws Exception {
    Path path = project.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private Project read(EmbeddedPostgres server) {
    String url =
        "postgres://postgres:" + server.password() + "@127.0.0.1:" + server.port() + "/postgres";
    return ProjectReader.read(project, Map.of("SHOP_URL", url), "");
  }

  private static void execute(EmbeddedPostgres server, String statement) throws Exception {
    try (Connection connection = server.connect();
        Statement sql = connection.createStatement()) {
      for (String each : List.of(statement.split(";"))) {
        sql.execute(each);
      }
    }
  }
}
