package dev.freshet.runtime.system;

import static dev.freshet.runtime.system.ShopProject.awaitAnswer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.port.LocalStorage;
import dev.freshet.lake.LakeReader;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A start with other columns than the saved state has keeps the rows. */
@Timeout(180)
class OtherColumnsTest {
  private static final String ROWS = "SELECT id, qty, price FROM orders ORDER BY id";
  private static final String TOTAL = "SELECT * FROM total";

  @TempDir private Path folder;
  @TempDir private Path home;

  @Test
  void rowsStayWhateverColumnsATableHas() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast())) {
      ShopProject project = ShopProject.of(folder, server);
      project.execute(
          "CREATE TABLE orders (id int PRIMARY KEY, qty int, price int);"
              + "INSERT INTO orders VALUES (1, 10, 100), (2, 20, 200)");
      project.tables("orders");
      project.write(
          "models/gold/total.sql", "SELECT SUM(qty) AS qty, SUM(price) AS price FROM orders");
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, TOTAL, "30,300\n");
        awaitPublished(system);
      }

      project.execute("ALTER TABLE orders ADD note text");
      try (FreshetSystem system = project.start()) {
        awaitAnswer(
            system,
            "SELECT id, qty, price, note FROM orders ORDER BY id",
            "1,10,100,\n2,20,200,\n");
        awaitAnswer(system, TOTAL, "30,300\n");
        project.execute("UPDATE orders SET note = 'new', qty = 11 WHERE id = 1");
        awaitAnswer(system, TOTAL, "31,300\n");
        assertThat(system.status().problems()).isEmpty();
        awaitPublished(system);
      }
      assertThat(lake("gold.total")).isEqualTo(1);

      // Columns of one type change places, and one is left out.
      project.write(
          "contracts/orders.yaml",
          "key: [id]\ncolumns:\n  id: INTEGER NOT NULL\n  price: INTEGER\n  qty: INTEGER\n");
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, ROWS, "1,11,100\n2,20,200\n");
        awaitAnswer(system, TOTAL, "31,300\n");
      }
      project.write(
          "contracts/orders.yaml",
          "key: [id]\ncolumns:\n  id: INTEGER NOT NULL\n  qty: INTEGER\n  price: INTEGER\n");
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, ROWS, "1,11,100\n2,20,200\n");
        awaitAnswer(system, TOTAL, "31,300\n");
        project.execute("DELETE FROM orders WHERE id = 2");
        awaitAnswer(system, TOTAL, "11,100\n");
        awaitPublished(system);
      }
      assertThat(lake("gold.total")).isEqualTo(1);
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, ROWS, "1,11,100\n");
      }
    }
  }

  @Test
  void rowsThatCannotStayAreToldOf() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast())) {
      ShopProject project = ShopProject.of(folder, server);
      project.execute(
          "CREATE TABLE orders (id int PRIMARY KEY, qty int); INSERT INTO orders VALUES (1, 10)");
      project.tables("orders");
      project.write("models/gold/total.sql", "SELECT SUM(qty) AS qty FROM orders");
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, TOTAL, "10\n");
      }
      project.execute("ALTER TABLE orders ADD note text NOT NULL DEFAULT 'none'");
      try (FreshetSystem system = project.start()) {
        assertThat(system.status().problems())
            .anyMatch(problem ->
                problem.startsWith(
                    "Table orders began without the rows that it held, since they do not have column"
                        + " note, which is NOT NULL."));
      }
    }
  }

  /** How many rows a table of the lake has. */
  private long lake(String table) {
    LakeReader lake = LakeReader.open(new LocalStorage(folder.resolve(".freshet")));
    long[] rows = new long[1];
    lake.read(table, batch -> rows[0] += batch.rowCount());
    return rows[0];
  }

  private static void awaitPublished(FreshetSystem system) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (system.status().lake().publishedStep() < system.status().step()) {
      assertThat(System.nanoTime()).isLessThan(end);
      LockSupport.parkNanos(20_000_000);
    }
  }
}
