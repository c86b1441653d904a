package dev.freshet.runtime.system;

import static dev.freshet.runtime.system.ShopProject.awaitAnswer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.lake.LakeReader;
import dev.freshet.serve.backend.Backend;
import dev.freshet.serve.backend.Backend.Applied;
import dev.freshet.serve.backend.Backend.TableOperation;
import dev.freshet.serve.backend.SystemStatus;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tables are taken out of a running source, and nothing else of the project is touched. */
@Timeout(180)
class TakenOutTest {
  private static final String ALL = "public.customers, public.orders, public.parcels";

  @TempDir private Path folder;
  @TempDir private Path home;

  /** What a feed was told, and why it ended. */
  private static final class Seen implements Backend.ChangeListener {
    private final List<String> rows = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<FreshetException> end = new CompletableFuture<>();

    @Override
    public void onStep(long step, Batch changes) {
      for (int i = 0; i < changes.rowCount(); i++) {
        StringBuilder row = new StringBuilder().append(changes.weight(i)).append(' ');
        JsonText.appendRow(row, changes, i);
        rows.add(row.toString());
      }
    }

    @Override
    public void onEnd(FreshetException why) {
      end.complete(why);
    }
  }

  private ShopProject project(EmbeddedPostgres server) throws Exception {
    ShopProject project = ShopProject.of(folder, server);
    project.execute(
        "CREATE TABLE customers (id int PRIMARY KEY, country text);"
            + "CREATE TABLE orders (id int PRIMARY KEY, amount int);"
            + "CREATE TABLE parcels (id int PRIMARY KEY);"
            + "INSERT INTO customers VALUES (1, 'GB');"
            + "INSERT INTO orders VALUES (10, 5), (11, 7);"
            + "INSERT INTO parcels VALUES (1)");
    project.tables(ALL);
    project.write("models/gold/total.sql", "SELECT SUM(amount) AS total FROM orders");
    project.write("models/gold/people.sql", "SELECT COUNT(*) AS people FROM customers");
    return project;
  }

  private void delete(String file) throws Exception {
    Files.delete(folder.resolve(file));
  }

  private String noted(String file) throws Exception {
    return Files.readString(folder.resolve(".freshet/sources/" + file)).strip();
  }

  /** A position without the tables is durable. */
  private void awaitTold() throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!noted("shop.anew").isEmpty()) {
      assertThat(System.nanoTime()).as(noted("shop.anew")).isLessThan(end);
      LockSupport.parkNanos(10_000_000);
    }
  }

  private static SystemStatus.SourceStatus shop(FreshetSystem system) {
    return system.status().sources().getFirst();
  }

  private static void refuses(FreshetSystem system, String... why) {
    assertThatThrownBy(system::apply)
        .isInstanceOf(FreshetException.class)
        .hasMessageContainingAll(why);
  }

  @Test
  void takesTablesOutAndGoesOnWithTheOthers() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast())) {
      ShopProject project = project(server);
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, "SELECT total FROM total", "12\n");
        system.backend().onTables("shop", List.of("parcels"), TableOperation.PAUSE);
        Seen customers = new Seen();
        Seen orders = new Seen();
        Backend backend = system.backend();
        try (Backend.Subscription _ = backend.subscribe("customers", Backend.From.NOW, customers);
            Backend.Subscription _ = backend.subscribe("orders", Backend.From.NOW, orders)) {
          project.tables("public.customers");
          delete("models/gold/total.sql");
          List<String> inserted =
              insertWhile(
                  project,
                  () -> {
                    Applied applied = system.apply();
                    assertThat(applied.takenOut()).containsExactly("orders", "parcels");
                    assertThat(applied.removed()).containsExactly("total");
                  });
          awaitAnswer(system, "SELECT people FROM people", 1 + inserted.size() + "\n");
          isWithout(system);
          awaitTold();

          long before = shop(system).rows();
          project.execute(
              "INSERT INTO orders VALUES (12, 9); UPDATE orders SET amount = 1;"
                  + "INSERT INTO parcels VALUES (2); DELETE FROM customers WHERE id = 1");
          awaitAnswer(system, "SELECT people FROM people", inserted.size() + "\n");
          assertThat(shop(system).rows() - before).as("rows that came").isEqualTo(1);
          inserted.add("-1 {\"id\":1,\"country\":\"GB\"}");
          assertThat(customers.rows).containsExactlyInAnyOrderElementsOf(inserted);
          assertThat(orders.end.get(20, TimeUnit.SECONDS))
              .hasMessageContaining("the table orders was removed from the project");
          assertThat(orders.rows).isEmpty();
        }
      }
      try (FreshetSystem system = project.start()) {
        isWithout(system);
      }
    }
  }

  /** Inserts customers, each in a transaction of its own; returns what a feed tells of them. */
  private static List<String> insertWhile(ShopProject project, Runnable work) throws Exception {
    AtomicBoolean isOver = new AtomicBoolean();
    List<String> inserted = new ArrayList<>();
    Beside<Boolean> inserting =
        Beside.start(
            "inserts",
            () -> {
              try (Connection connection = project.server().connect();
                  Statement statement = connection.createStatement()) {
                for (int id = 100; !isOver.get() || id < 120; id++) {
                  statement.execute("INSERT INTO customers VALUES (" + id + ", 'US')");
                  inserted.add("1 {\"id\":" + id + ",\"country\":\"US\"}");
                }
                return true;
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            });
    try {
      work.run();
    } finally {
      isOver.set(true);
      inserting.join();
    }
    return inserted;
  }

  private void isWithout(FreshetSystem system) throws Exception {
    assertThat(system.relations()).containsExactly("customers", "people");
    assertThat(system.snapshot().relations()).containsExactly("customers", "people");
    assertThat(system.status().relations())
        .extracting(SystemStatus.RelationStatus::name)
        .containsExactly("customers", "people");
    assertThat(shop(system).paused()).isEmpty();
    assertThat(shop(system).notes()).isEmpty();
    assertThat(system.status().healthy()).isTrue();
    assertThat(noted("shop.paused")).isEmpty();
    assertThatThrownBy(() -> system.backend().query("SELECT * FROM orders", 1))
        .hasMessageContaining("unknown table orders");
    assertThatThrownBy(
            () -> system.backend().onTables("shop", List.of("orders"), TableOperation.PAUSE))
        .hasMessageContaining("Cannot find table of source shop: orders");
    system.publish();
    long[] history = {0};
    LakeReader.open(new LocalStorage(folder.resolve(".freshet")))
        .read("bronze.orders", batch -> history[0] += batch.rowCount());
    assertThat(history[0]).as("rows of the history in the lake").isEqualTo(2);
  }

  @Test
  void refusesWhatIsReadAndReadsATableWholeThatComesBack() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast())) {
      ShopProject project = project(server);
      project.write(
          "sinks/out.yaml", "kind: http\nmodel: parcels\nurl: http://127.0.0.1:9/nobody\n");
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, "SELECT total FROM total", "12\n");
        refusesOtherChanges(project, system);
        project.execute("INSERT INTO orders VALUES (12, 1); INSERT INTO parcels VALUES (2)");
        awaitAnswer(system, "SELECT total FROM total", "13\n");
        awaitAnswer(system, "SELECT COUNT(*) FROM parcels", "2\n");
        project.tables("public.parcels, public.customers, public.orders");
        assertThat(system.apply().takenOut()).isEmpty();

        project.tables("public.customers, public.parcels");
        Files.move(folder.resolve("models"), folder.resolve("kept"));
        assertThat(system.apply().takenOut()).containsExactly("orders");
      } // and no change of another table tells the log that it was out
      project.execute("UPDATE orders SET amount = 8 WHERE id = 10");
      project.tables(ALL);
      Files.move(folder.resolve("kept"), folder.resolve("models"));
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, "SELECT total FROM total", "16\n");
        project.execute("UPDATE orders SET amount = 9 WHERE id = 11");
        awaitAnswer(system, "SELECT total FROM total", "18\n");
      }
      Files.move(folder.resolve("models"), folder.resolve("kept"));
      project.tables("public.customers, public.parcels");
      try (FreshetSystem system = project.start()) {
        while (!shop(system).state().equals("streaming")) {
          Thread.onSpinWait();
        }
      }
      Files.move(folder.resolve("kept"), folder.resolve("models"));
      project.tables(ALL);
      try (FreshetSystem system = project.start()) {
        awaitAnswer(system, "SELECT total FROM total", "18\n");
      }
    }
  }

  private static void refusesOtherChanges(ShopProject project, FreshetSystem system)
      throws Exception {
    project.tables("public.customers, public.parcels");
    refuses(system, "models/gold/total.sql:1:", "unknown table orders");
    project.tables("public.customers, public.orders");
    refuses(system, "Cannot find model or table: parcels", "sinks/out.yaml:2:8");
    project.tables(ALL + ", public.more");
    refuses(system, "Cannot add table more while", "freshet up", "sources/shop.yaml:3:");
    project.tables("public.customers, {name: public.orders, keep: none}");
    refuses(system, "Cannot apply other settings of table orders", "sources/shop.yaml:3:");
    project.write("sources/shop.yaml", "kind: postgres\nurl: ${SHOP_URL}\ntables: []\n");
    refuses(system, "its last table cannot be taken out", "sources/shop.yaml:1:");
    project.write(
        "sources/shop.yaml",
        "kind: postgres\nurl: ${SHOP_URL}\nslot: other\ntables: [public.orders]\n");
    refuses(system, "Cannot apply a changed source while", "sources/shop.yaml:1:");
  }
}
