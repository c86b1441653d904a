package dev.freshet.runtime.system;

import static dev.freshet.runtime.system.ShopProject.awaitAnswer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.error.FreshetException;
import dev.freshet.serve.backend.Backend;
import dev.freshet.serve.backend.Backend.TableOperation;
import dev.freshet.serve.backend.Reconciled;
import dev.freshet.serve.backend.Reconciled.Outcome;
import dev.freshet.serve.text.StatusText;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A table that is paused stays as it is, and comes right in one step when it is resumed. */
@Timeout(180)
class PausedTablesTest {
  @TempDir private Path folder;
  @TempDir private Path home;

  private static List<String> rows(Batch changes) {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < changes.rowCount(); i++) {
      StringBuilder row = new StringBuilder().append(changes.weight(i)).append(' ');
      JsonText.appendRow(row, changes, i);
      rows.add(row.toString());
    }
    return rows;
  }

  private static List<String> paused(FreshetSystem system) {
    return system.status().sources().stream()
        .filter(source -> source.name().equals("shop"))
        .findFirst()
        .orElseThrow()
        .paused();
  }

  private static void refuses(
      FreshetSystem system, String source, String table, TableOperation operation, String why) {
    assertThatThrownBy(() -> system.backend().onTables(source, List.of(table), operation))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining(why);
  }

  @Test
  void staysPausedOverARestartAndComesRightInOneStep() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast())) {
      ShopProject project = ShopProject.of(folder, server);
      project.execute(
          "CREATE TABLE customers (id int PRIMARY KEY, country text);"
              + "CREATE TABLE orders (id int PRIMARY KEY, amount int);"
              + "INSERT INTO customers VALUES (1, 'GB');"
              + "INSERT INTO orders VALUES (10, 5), (11, 7), (12, 9)");
      project.tables("public.customers, public.orders");
      project.write("sources/web.yaml", "kind: http\ntables: [logs]\n");
      project.write("contracts/logs.yaml", "columns: {line: VARCHAR}\n");
      project.write("models/gold/total.sql", "SELECT SUM(amount) AS total FROM orders");
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, "SELECT total FROM total", "21\n");
        Backend.TablesAfter after =
            system.backend().onTables("shop", List.of("orders"), TableOperation.PAUSE);
        assertThat(after.paused()).containsExactly("orders");
        project.execute(
            "DELETE FROM orders WHERE id = 10; UPDATE orders SET amount = 8 WHERE id = 11;"
                + "INSERT INTO customers VALUES (2, 'US')");
        awaitAnswer(system, "SELECT COUNT(*) FROM customers", "2\n");
        awaitAnswer(system, "SELECT total FROM total", "21\n");
        refuses(system, "shop", "ordres", TableOperation.PAUSE, "orders");
        refuses(
            system,
            "none",
            "orders",
            TableOperation.PAUSE,
            "Cannot find source: none. There are: ");
        refuses(system, "web", "logs", TableOperation.RESNAPSHOT, "of kind http");
        refuses(system, "shop", "orders", TableOperation.RESNAPSHOT, "it is paused");
        assertThat(system.status().healthy()).isTrue();
        Reconciled.Comparison compared =
            system.backend().reconcile("shop", List.of(), true).getFirst().first();
        assertThat(compared.tables())
            .filteredOn(table -> table.outcome() == Outcome.UNREADABLE)
            .singleElement()
            .satisfies(table -> assertThat(table.note()).contains("it is paused"));
      }
      project.execute("INSERT INTO customers VALUES (3, 'US')");
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, "SELECT COUNT(*) FROM customers", "3\n");
        awaitAnswer(system, "SELECT total FROM total", "21\n");
        assertThat(paused(system)).containsExactly("orders");

        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        try (Backend.Subscription _ =
            system
                .backend()
                .subscribe(
                    "orders", Backend.From.NOW, (_, changes) -> seen.addAll(rows(changes)))) {
          system.backend().onTables("shop", List.of(), TableOperation.RESUME);
          awaitAnswer(system, "SELECT total FROM total", "17\n");
          assertThat(seen)
              .containsExactlyInAnyOrder(
                  "-1 {\"id\":10,\"amount\":5}",
                  "-1 {\"id\":11,\"amount\":7}",
                  "1 {\"id\":11,\"amount\":8}");
        }
        assertThat(paused(system)).isEmpty();
        project.execute("UPDATE orders SET amount = 10 WHERE id = 12");
        awaitAnswer(system, "SELECT total FROM total", "18\n");
        assertThat(system.status().healthy()).isTrue();
      }
    }
  }

  /** Its rows would be there twice. */
  @Test
  void readsNoTableAnewWhoseRowsAreNotKept() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast())) {
      ShopProject project = ShopProject.of(folder, server);
      project.execute(
          "CREATE TABLE customers (id int PRIMARY KEY); CREATE TABLE orders (id int PRIMARY KEY)");
      project.tables("public.customers, public.orders");
      try (FreshetSystem system = project.start()) {
        Backend.TablesAfter after =
            system.backend().onTables("shop", List.of(), TableOperation.RESUME);
        assertThat(after.tables()).as("none was paused").isEmpty();
        system.backend().onTables("shop", List.of("orders"), TableOperation.PAUSE);
      }
      project.tables("public.customers, {name: public.orders, keep: none}");
      try (FreshetSystem system = project.start()) {
        refuses(system, "shop", "orders", TableOperation.RESUME, "keep: none");
      }
      project.tables("public.orders, {name: public.customers, keep: none}");
      try (FreshetSystem system = project.start()) {
        Backend.TablesAfter after =
            system.backend().onTables("shop", List.of("orders"), TableOperation.RESUME);
        assertThat(after.tables()).containsExactly("orders");
        refuses(system, "shop", "customers", TableOperation.RESNAPSHOT, "keep: none");
      }
    }
  }

  @Test
  void staysPausedOverAStartThatIsRefused() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast())) {
      ShopProject project = ShopProject.of(folder, server);
      project.execute(
          "CREATE TABLE customers (id int PRIMARY KEY); CREATE TABLE orders (id int PRIMARY KEY)");
      project.tables("public.customers, public.orders");
      project.write("models/gold/total.sql", "SELECT COUNT(*) AS total FROM orders");
      try (FreshetSystem system = project.start()) {
        system.backend().onTables("shop", List.of("orders"), TableOperation.PAUSE);
      }
      project.tables("public.customers");
      assertThatThrownBy(project::start).hasMessageContaining("unknown table orders");
      project.tables("public.customers, public.orders");
      try (FreshetSystem system = project.start()) {
        assertThat(paused(system)).containsExactly("orders");
      }
    }
  }

  /** What the source has by now comes when it is resumed, and new columns with the next start. */
  @Test
  void showsAPausedTableAsItIsHeldWhateverBecomesOfItAtTheSource() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast())) {
      ShopProject project = ShopProject.of(folder, server);
      project.execute(
          "CREATE TABLE customers (id int PRIMARY KEY);"
              + "CREATE TABLE orders (id int PRIMARY KEY, amount int);"
              + "INSERT INTO orders VALUES (1, 5)");
      project.tables("public.customers, public.orders");
      project.write("models/gold/total.sql", "SELECT SUM(amount) AS total FROM orders");
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, "SELECT * FROM orders", "1,5\n");
        system.backend().onTables("shop", List.of("orders"), TableOperation.PAUSE);
        project.execute("INSERT INTO customers VALUES (1)");
        awaitAnswer(system, "SELECT COUNT(*) FROM customers", "1\n");
      }
      project.execute(
          "ALTER TABLE orders DROP COLUMN amount; ALTER TABLE orders ADD COLUMN note text");
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, "SELECT * FROM orders", "1,5\n");
        awaitAnswer(system, "SELECT total FROM total", "5\n");
      }
      project.execute("DROP TABLE orders; INSERT INTO customers VALUES (2)");
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, "SELECT COUNT(*) FROM customers", "2\n");
        awaitAnswer(system, "SELECT * FROM orders", "1,5\n");
        assertThat(paused(system)).containsExactly("orders");
        assertThat(system.status().healthy()).isTrue();
        assertThat(StatusText.prose(system.status()))
            .contains(
                "  source shop: orders is missing at the source; it is paused and keeps its rows");
      }
      project.execute(
          "CREATE TABLE orders (id int PRIMARY KEY, amount int, note text);"
              + "INSERT INTO orders VALUES (2, 6, 'x')");
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, "SELECT * FROM orders", "1,5\n");
        system.backend().onTables("shop", List.of("orders"), TableOperation.RESUME);
        awaitAnswer(system, "SELECT * FROM orders", "2,6\n");
      }
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, "SELECT * FROM orders", "2,6,\n");
        system.backend().onTables("shop", List.of("orders"), TableOperation.RESNAPSHOT);
        awaitAnswer(system, "SELECT * FROM orders", "2,6,x\n");
      }
    }
  }

  /** The others go on, over a start too, and it comes when it can. */
  @Test
  void startsWithoutATableThatWasResumedAndCannotBeRead() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast())) {
      ShopProject project = ShopProject.of(folder, server);
      project.execute(
          "CREATE TABLE customers (id int PRIMARY KEY); CREATE TABLE orders (id int PRIMARY KEY);"
              + "INSERT INTO orders VALUES (1)");
      project.tables("public.customers, public.orders");
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, "SELECT COUNT(*) FROM orders", "1\n");
        system.backend().onTables("shop", List.of("orders"), TableOperation.PAUSE);
        project.execute("ALTER TABLE orders RENAME TO away; INSERT INTO customers VALUES (1)");
        awaitAnswer(system, "SELECT COUNT(*) FROM customers", "1\n");
        system.backend().onTables("shop", List.of("orders"), TableOperation.RESUME);
        ShopProject.awaitProblem(system, "Source shop: orders cannot be read for now");
      }
      project.execute("INSERT INTO customers VALUES (2)");
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, "SELECT COUNT(*) FROM customers", "2\n");
        awaitAnswer(system, "SELECT COUNT(*) FROM orders", "1\n");
        ShopProject.awaitProblem(system, "Cannot find table public.orders in the database");
        project.execute("ALTER TABLE away RENAME TO orders; INSERT INTO orders VALUES (2)");
        awaitAnswer(system, "SELECT COUNT(*) FROM orders", "2\n");
        assertThat(system.status().problems()).isEmpty();
      }
    }
  }

  /** Left out of the source's file, it is none that is paused when it comes again. */
  @Test
  void forgetsThatATableWasPausedThatIsTakenOut() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast())) {
      ShopProject project = ShopProject.of(folder, server);
      project.execute(
          "CREATE TABLE customers (id int PRIMARY KEY); CREATE TABLE orders (id int PRIMARY KEY)");
      project.tables("public.customers, public.orders");
      try (FreshetSystem system = project.start()) {
        system.backend().onTables("shop", List.of("orders"), TableOperation.PAUSE);
      }
      project.tables("public.customers");
      project.start().close();
      project.execute("INSERT INTO orders VALUES (1)");
      project.tables("public.customers, public.orders");
      try (FreshetSystem system = project.start()) {
        assertThat(paused(system)).isEmpty();
        awaitAnswer(system, "SELECT COUNT(*) FROM orders", "1\n");
      }
    }
  }
}
