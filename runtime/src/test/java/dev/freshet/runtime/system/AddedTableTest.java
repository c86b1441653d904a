package dev.freshet.runtime.system;

import static dev.freshet.runtime.system.ShopProject.awaitAnswer;

import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A table that is added to a source's file comes whole with the next start, and only it. */
@Timeout(180)
class AddedTableTest {
  @TempDir private Path folder;
  @TempDir private Path home;

  @Test
  void aTableAndAModelOverItAreThereAfterTheNextStart() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast())) {
      ShopProject project = ShopProject.of(folder, server);
      project.execute(
          "CREATE TABLE customers (id int PRIMARY KEY, country text);"
              + "CREATE TABLE orders (id int PRIMARY KEY, customer_id int, amount int);"
              + "INSERT INTO customers VALUES (1, 'GB'), (2, 'US');"
              + "INSERT INTO orders VALUES (10, 1, 5), (11, 2, 7)");
      project.tables("public.customers");
      project.write(
          "models/gold/people.sql",
          "SELECT country, COUNT(*) AS n FROM customers GROUP BY country");
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, "SELECT * FROM people ORDER BY country", "GB,1\nUS,1\n");
      }
      project.execute(
          "INSERT INTO customers VALUES (3, 'US'); UPDATE orders SET amount = 8 WHERE id = 11");
      project.tables("public.customers, public.orders");
      project.write(
          "models/gold/revenue.sql",
          "SELECT c.country, SUM(o.amount) AS revenue FROM orders o"
              + " JOIN customers c ON o.customer_id = c.id GROUP BY c.country");
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, "SELECT * FROM revenue ORDER BY country", "GB,5\nUS,8\n");
        awaitAnswer(system, "SELECT * FROM people ORDER BY country", "GB,1\nUS,2\n");
        project.execute("DELETE FROM orders WHERE id = 10; INSERT INTO orders VALUES (12, 3, 1)");
        awaitAnswer(system, "SELECT * FROM revenue ORDER BY country", "US,9\n");
      }
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, "SELECT * FROM revenue ORDER BY country", "US,9\n");
        awaitAnswer(system, "SELECT COUNT(*) FROM customers", "3\n");
      }
    }
  }
}
