package dev.freshet.sourcetest;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Source;
import dev.freshet.core.port.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A table with two rows in a database, and transactions that come once the source runs. */
abstract class OrdersFixture implements SourceFixture {
  static final String TABLE = "orders";

  final Database database;
  final Untold.Offers offers = new Untold.Offers();
  private boolean isProvided;

  OrdersFixture(Database database) {
    this.database = database;
    database.sql(
        "CREATE TABLE orders (id INT PRIMARY KEY, item VARCHAR(20), amount DECIMAL(10, 2), at TIME)",
        "INSERT INTO orders (id, item, amount) VALUES (1, 'a', 10.50), (2, 'b', NULL)");
  }

  /** What the source needs, now that the table has other columns. */
  abstract void widen();

  @Override
  public WhenFull whenFull() {
    return WhenFull.WAITS;
  }

  @Override
  public void provide(Capture running) {
    if (isProvided) {
      return;
    }
    isProvided = true;
    awaitMore(0);
    List<String[]> transactions =
        List.of(
            new String[] {"INSERT INTO orders (id, item, amount) VALUES (3, 'c', 11)"},
            new String[] {
              "BEGIN",
              "UPDATE orders SET item = 'A' WHERE id = 1",
              "INSERT INTO orders (id, item, amount) VALUES (4, 'd', NULL), (5, 'e\"', NULL)",
              "COMMIT"
            },
            new String[] {database.badRow()},
            new String[] {"DELETE FROM orders WHERE id = 2"},
            new String[] {"UPDATE orders SET id = 7 WHERE id = 3"});
    for (String[] transaction : transactions) {
      long before = offers.rows();
      database.sql(transaction);
      awaitMore(before);
    }
  }

  /** Unless the log has no room: then all of it waits. */
  private void awaitMore(long before) {
    new RecordingLog().await(() -> offers.rows() > before || offers.wereRefused());
  }

  @Override
  public void provideMore(Capture running) {
    database.sql("INSERT INTO orders (id, item, amount) VALUES (8, 'more', NULL)");
  }

  @Override
  public Map<String, List<String>> content() {
    return Map.of(
        TABLE,
        List.of(
            "{\"id\":1,\"item\":\"A\",\"amount\":10.50,\"at\":null}",
            "{\"id\":4,\"item\":\"d\",\"amount\":null,\"at\":null}",
            "{\"id\":5,\"item\":\"e\\\"\",\"amount\":null,\"at\":null}",
            "{\"id\":7,\"item\":\"c\",\"amount\":11.00,\"at\":null}"));
  }

  @Override
  public Map<String, List<String>> moreContent() {
    List<String> rows = new ArrayList<>(content().get(TABLE));
    rows.add("{\"id\":8,\"item\":\"more\",\"amount\":null,\"at\":null}");
    return Map.of(TABLE, rows);
  }

  @Override
  public Claim<RowHistory> rowHistory() {
    return new Claim.Made<>(
        new RowHistory(
            TABLE,
            "id=1",
            List.of(
                "{\"id\":1,\"item\":\"a\",\"amount\":10.50,\"at\":null}",
                "{\"id\":1,\"item\":\"A\",\"amount\":10.50,\"at\":null}")));
  }

  @Override
  public Claim<Widened> widened() {
    return new Claim.Made<>(
        new Widened() {
          @Override
          public Source source(Storage state) {
            return OrdersFixture.this.source(state);
          }

          @Override
          public void provide(Capture running) {
            if (database.readsAnewForAColumn()) {
              database.sql("DELETE FROM orders WHERE id = 6"); // or it is refused once more
            }
            database.sql("ALTER TABLE orders ADD COLUMN city VARCHAR(20)");
            widen();
            database.sql("INSERT INTO orders (id, item, city) VALUES (9, 'wide', 'Oslo')");
          }

          @Override
          public Map<String, List<String>> content() {
            List<String> rows = new ArrayList<>();
            for (String row : OrdersFixture.this.content().get(TABLE)) {
              rows.add(database.readsAnewForAColumn() ? row.replace("}", ",\"city\":null}") : row);
            }
            rows.add("{\"id\":9,\"item\":\"wide\",\"amount\":null,\"at\":null,\"city\":\"Oslo\"}");
            return Map.of(TABLE, rows);
          }
        });
  }

  @Override
  public int refused() {
    return 1;
  }

  @Override
  public void close() {
    database.drop();
  }
}
