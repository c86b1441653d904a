package dev.freshet.bench.recovery;

import dev.freshet.core.batch.LongVector;
import dev.freshet.database.Freshet;
import dev.freshet.database.Row;
import dev.freshet.database.Transaction;
import java.util.SplittableRandom;

/**
 * A table of items of about 100 bytes, their sums by kind as a view, and a count of the updates.
 * Each transaction moves amounts from items to others, so that the sum of all stays 0, and counts
 * itself. One thread owns it.
 */
final class Items {
  private static final int ROWS_A_FILL = 10_000;
  private static final int KINDS = 1_000;

  private final Freshet db;
  private final long rows;
  private final SplittableRandom random;
  private final long[] amounts;
  private long updates;

  private Items(Freshet db, long rows, long seed) {
    this.db = db;
    this.rows = rows;
    this.random = new SplittableRandom(seed);
    this.amounts = new long[Math.toIntExact(rows)];
  }

  /** Fills an empty database. */
  static Items fill(Freshet db, long rows, long seed) {
    db.execute(
        "CREATE TABLE items (id BIGINT PRIMARY KEY, kind INTEGER, amount BIGINT, note VARCHAR)");
    db.execute("CREATE TABLE progress (id INTEGER PRIMARY KEY, updates BIGINT)");
    db.execute(
        "CREATE VIEW kinds AS SELECT kind, COUNT(*) AS items, SUM(amount) AS amount FROM items"
            + " GROUP BY kind");
    Items items = new Items(db, rows, seed);
    for (long from = 0; from < rows; from += ROWS_A_FILL) {
      long first = from;
      db.transaction(change -> {
        for (long id = first; id < Math.min(first + ROWS_A_FILL, rows); id++) {
          items.upsert(change, id);
        }
      });
    }
    return items;
  }

  /** Those of a database that was opened again. */
  static Items of(Freshet db, long rows, long updates) {
    Items items = new Items(db, rows, updates);
    items.updates = updates;
    db.scan(
        "items",
        batch -> {
          LongVector ids = (LongVector) batch.column(0);
          LongVector amounts = (LongVector) batch.column(2);
          for (int row = 0; row < batch.rowCount(); row++) {
            items.amounts[(int) ids.values()[row]] = amounts.values()[row];
          }
        });
    return items;
  }

  private void upsert(Transaction change, long id) {
    long amount = amounts[(int) id];
    change.upsert(
        "items",
        id,
        (int) (id % KINDS),
        amount,
        "item number " + id + " holds now an amount of " + amount + " and some more text");
  }

  /** Changes so many items in one transaction; returns how many transactions there were. */
  long update(int changed) {
    updates++;
    db.transaction(change -> {
      for (int i = 0; i < changed; i += 2) {
        int from = (int) random.nextLong(rows);
        int to = (int) random.nextLong(rows);
        amounts[from]--;
        amounts[to]++;
        upsert(change, from);
        upsert(change, to);
      }
      change.upsert("progress", 1, updates);
    });
    return updates;
  }

  /**
   * How many transactions an opened database shows.
   *
   * @throws IllegalStateException when its rows are not those after a transaction
   */
  static long updates(Freshet db, long rows) {
    Row sums = db.query("SELECT SUM(items) AS items, SUM(amount) AS amount FROM kinds").single();
    if (sums.longValue("items") != rows || sums.longValue("amount") != 0) {
      throw new IllegalStateException("the sums are " + sums + ", of " + rows + " items");
    }
    return db.find("progress", 1).orElseThrow().longValue("updates");
  }
}
