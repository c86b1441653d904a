package dev.freshet.debezium;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Source;
import dev.freshet.core.port.Storage;
import dev.freshet.mariadb.MariaDbServer;
import dev.freshet.sourcetest.SourceContract;
import dev.freshet.sourcetest.SourceFixture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf("serverIsHere")
class MySqlContractTest extends SourceContract {
  static boolean serverIsHere() {
    return MariaDbServer.isHere();
  }

  @Override
  protected SourceFixture fixture(Path directory) {
    String database = SharedServer.newDatabase();
    SharedServer.get()
        .execute(
            "CREATE TABLE "
                + database
                + ".orders (id INT PRIMARY KEY, item VARCHAR(20), at TIME) ENGINE=InnoDB",
            "INSERT INTO " + database + ".orders VALUES (1, 'a', '10:00:00'), (2, 'b', NULL)");
    return new Tables(database);
  }

  /** A table with two rows, and transactions that come once the source runs. */
  private static final class Tables implements SourceFixture {
    private final String database;
    private boolean isProvided;

    Tables(String database) {
      this.database = database;
    }

    @Override
    public WhenFull whenFull() {
      return WhenFull.WAITS;
    }

    @Override
    public Source source(Storage state) {
      return DebeziumSource.ofMySql(
          SharedServer.settings(database, "orders"), SharedServer.NO_DRIVERS, () -> state);
    }

    /** The rows stay at the origin, so a second call has nothing to do. */
    @Override
    public void provide(Capture running) {
      if (isProvided) {
        return;
      }
      isProvided = true;
      // What is there before the snapshot comes with it, so the rest waits until it is over.
      awaitSnapshot(running);
      String table = database + ".orders";
      SharedServer.get()
          .execute(
              "INSERT INTO " + table + " VALUES (3, 'c', '11:00:00')",
              "BEGIN",
              "UPDATE " + table + " SET item = 'A' WHERE id = 1",
              "INSERT INTO " + table + " VALUES (4, 'd', NULL), (5, 'e', NULL)",
              "COMMIT",
              "INSERT INTO " + table + " VALUES (6, 'no time of a day', '-200:00:00')",
              "DELETE FROM " + table + " WHERE id = 2",
              "UPDATE " + table + " SET id = 7 WHERE id = 3");
    }

    private static void awaitSnapshot(Capture running) {
      try {
        for (int i = 0; i < 600 && running.status().rows() == 0; i++) {
          Thread.sleep(20);
          if (running.status().lastError().isEmpty()) {
            running.wake();
          }
          if (i > 250) {
            return; // the log has no room: then all of it waits
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void provideMore(Capture running) {
      SharedServer.get().execute("INSERT INTO " + database + ".orders VALUES (8, 'more', NULL)");
    }

    @Override
    public Map<String, List<String>> content() {
      return Map.of(
          "orders",
          List.of(
              "{\"id\":1,\"item\":\"A\",\"at\":\"10:00:00\"}",
              "{\"id\":4,\"item\":\"d\",\"at\":null}",
              "{\"id\":5,\"item\":\"e\",\"at\":null}",
              "{\"id\":7,\"item\":\"c\",\"at\":\"11:00:00\"}"));
    }

    @Override
    public Map<String, List<String>> moreContent() {
      return Map.of(
          "orders",
          List.of(
              "{\"id\":1,\"item\":\"A\",\"at\":\"10:00:00\"}",
              "{\"id\":4,\"item\":\"d\",\"at\":null}",
              "{\"id\":5,\"item\":\"e\",\"at\":null}",
              "{\"id\":7,\"item\":\"c\",\"at\":\"11:00:00\"}",
              "{\"id\":8,\"item\":\"more\",\"at\":null}"));
    }

    @Override
    public Claim<RowHistory> rowHistory() {
      return new Claim.Made<>(
          new RowHistory(
              "orders",
              "id=1",
              List.of(
                  "{\"id\":1,\"item\":\"a\",\"at\":\"10:00:00\"}",
                  "{\"id\":1,\"item\":\"A\",\"at\":\"10:00:00\"}")));
    }

    @Override
    public Claim<Widened> widened() {
      return new Claim.Made<>(
          new Widened() {
            @Override
            public Source source(Storage state) {
              return Tables.this.source(state);
            }

            @Override
            public void provide(Capture running) {
              SharedServer.get()
                  .execute(
                      "ALTER TABLE " + database + ".orders ADD COLUMN city VARCHAR(20)",
                      "INSERT INTO " + database + ".orders VALUES (9, 'wide', NULL, 'Oslo')");
            }

            @Override
            public Map<String, List<String>> content() {
              List<String> rows = new ArrayList<>(Tables.this.content().get("orders"));
              rows.add("{\"id\":9,\"item\":\"wide\",\"at\":null,\"city\":\"Oslo\"}");
              return Map.of("orders", rows);
            }
          });
    }

    @Override
    public int refused() {
      return 1;
    }

    @Override
    public void close() {
      SharedServer.get().execute("DROP DATABASE " + database);
    }
  }
}
