package dev.freshet.bench.memory;

import dev.freshet.core.batch.Batch;
import dev.freshet.database.Freshet;
import dev.freshet.database.FreshetOptions;
import dev.freshet.database.Row;
import dev.freshet.engine.OperatorStatistics;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * The process whose heap is small. Knows what is right from arrays of its own: order i belongs to a
 * customer and has an amount, below 0 for one that is gone.
 */
final class MemoryWork {
  static final String RIGHT = "right: ";
  static final String WRONG = "wrong: ";
  static final String STATE = "state bytes: ";

  private static final int CUSTOMERS = 50_000;
  private static final int REGIONS = 16;
  private static final int INSERTS_A_STEP = 10_000;
  private static final int CHANGES_A_STEP = 2_000;
  private static final int GONE = -1;

  private final Path directory;
  private final FreshetOptions options;
  private final SplittableRandom random;
  private final int[] customers;
  private final int[] amounts;

  private MemoryWork(Path directory, int rows, long memoryBytes, long seed) {
    this.directory = directory;
    this.options = FreshetOptions.DEFAULT.withMemoryBytes(memoryBytes);
    this.random = new SplittableRandom(seed);
    this.customers = new int[rows];
    this.amounts = new int[rows];
  }

  public static void main(String[] arguments) {
    new MemoryWork(
            Path.of(arguments[0]),
            Integer.parseInt(arguments[1]),
            Long.parseLong(arguments[2]),
            Long.parseLong(arguments[3]))
        .run();
  }

  private void run() {
    try (Freshet db = Freshet.open(directory, options)) {
      create(db);
      timed("inserted", () -> insert(db));
      timed("checked", () -> check(db, "after the inserts"));
      timed("changed", () -> change(db));
      timed("checked", () -> check(db, "after updates and deletes"));
      long state = 0;
      for (OperatorStatistics each : db.operators()) {
        state += each.stateBytes() + each.spilledBytes();
      }
      System.out.println(STATE + state);
    }
    timed(
        "opened, changed and checked",
        () -> {
          try (Freshet db = Freshet.open(directory, options)) {
            check(db, "after a restart");
            change(db);
            check(db, "after a restart and changes");
          }
        });
  }

  private static void timed(String what, Runnable work) {
    long begin = System.nanoTime();
    work.run();
    System.out.printf("%s in %.1f s%n", what, (System.nanoTime() - begin) / 1e9);
  }

  private static void create(Freshet db) {
    db.execute(
        "CREATE TABLE orders (id BIGINT PRIMARY KEY, customer INTEGER, amount BIGINT, note VARCHAR)");
    db.execute("CREATE TABLE customers (id INTEGER PRIMARY KEY, region VARCHAR)");
    db.execute(
        "CREATE VIEW spent AS SELECT customer, COUNT(*) AS orders, SUM(amount) AS amount,"
            + " MAX(amount) AS most FROM orders GROUP BY customer");
    db.execute(
        "CREATE VIEW located AS SELECT o.id, c.region, o.amount, o.note"
            + " FROM orders o JOIN customers c ON o.customer = c.id");
    db.execute(
        "CREATE VIEW regions AS SELECT region, COUNT(*) AS orders, SUM(amount) AS amount"
            + " FROM located GROUP BY region");
    db.transaction(tx -> {
      for (int id = 0; id < CUSTOMERS; id++) {
        tx.insert("customers", id, region(id));
      }
    });
  }

  private static String region(int customer) {
    return "region " + customer % REGIONS;
  }

  private void insert(Freshet db) {
    for (int from = 0; from < amounts.length; from += INSERTS_A_STEP) {
      int first = from;
      db.transaction(tx -> {
        for (int id = first; id < Math.min(first + INSERTS_A_STEP, amounts.length); id++) {
          customers[id] = random.nextInt(CUSTOMERS);
          amounts[id] = random.nextInt(100_000);
          tx.insert("orders", (long) id, customers[id], (long) amounts[id], note(id, amounts[id]));
        }
      });
    }
  }

  private static String note(int id, int amount) {
    return "order "
        + id
        + " over "
        + amount
        + ", to be delivered to the door of the house ".repeat(2);
  }

  /** Changes or deletes one order in ten, in random places. */
  private void change(Freshet db) {
    for (int done = 0; done < amounts.length / 10; done += CHANGES_A_STEP) {
      db.transaction(tx -> {
        for (int i = 0; i < CHANGES_A_STEP; i++) {
          int id = random.nextInt(amounts.length);
          if (random.nextInt(3) == 0) {
            amounts[id] = GONE;
            tx.delete("orders", (long) id);
          } else {
            amounts[id] = random.nextInt(100_000);
            tx.upsert(
                "orders", (long) id, customers[id], (long) amounts[id], note(id, amounts[id]));
          }
        }
      });
    }
  }

  private void check(Freshet db, String when) {
    long[] counts = new long[CUSTOMERS];
    long[] sums = new long[CUSTOMERS];
    long[] most = new long[CUSTOMERS];
    long[] regionCounts = new long[REGIONS];
    long[] regionSums = new long[REGIONS];
    long left = 0;
    for (int id = 0; id < amounts.length; id++) {
      if (amounts[id] != GONE) {
        left++;
        counts[customers[id]]++;
        sums[customers[id]] += amounts[id];
        most[customers[id]] = Math.max(most[customers[id]], amounts[id]);
        regionCounts[customers[id] % REGIONS]++;
        regionSums[customers[id] % REGIONS] += amounts[id];
      }
    }
    String wrong = checkSpent(db, counts, sums, most);
    wrong = wrong.isEmpty() ? checkRegions(db, regionCounts, regionSums) : wrong;
    wrong = wrong.isEmpty() ? checkLocated(db, left) : wrong;
    System.out.println(
        wrong.isEmpty() ? RIGHT + left + " orders " + when : WRONG + when + ": " + wrong);
  }

  private static String checkSpent(Freshet db, long[] counts, long[] sums, long[] most) {
    String[] wrong = {""};
    long[] seen = {0};
    db.scan(
        "spent",
        batch -> {
          for (int i = 0; i < batch.rowCount(); i++) {
            Row row = new Row(batch, i);
            int customer = (int) row.longValue("customer");
            seen[0]++;
            if (row.longValue("orders") != counts[customer]
                || row.longValue("amount") != sums[customer]
                || row.longValue("most") != most[customer]) {
              wrong[0] = "customer " + customer + " is " + row;
            }
          }
        });
    long expected = 0;
    for (long count : counts) {
      expected += count > 0 ? 1 : 0;
    }
    return seen[0] == expected ? wrong[0] : seen[0] + " customers instead of " + expected;
  }

  private static String checkRegions(Freshet db, long[] counts, long[] sums) {
    for (Row row : db.query("SELECT region, orders, amount FROM regions")) {
      int region = Integer.parseInt(row.text("region").substring("region ".length()));
      if (row.longValue("orders") != counts[region] || row.longValue("amount") != sums[region]) {
        return "region is " + row + ", expected " + counts[region] + " and " + sums[region];
      }
    }
    return "";
  }

  private String checkLocated(Freshet db, long left) {
    String[] wrong = {""};
    long[] seen = {0};
    db.scan(
        "located",
        batch -> {
          seen[0] += batch.rowCount();
          checkLocated(batch, wrong);
        });
    return seen[0] == left ? wrong[0] : seen[0] + " located orders instead of " + left;
  }

  private void checkLocated(Batch batch, String[] wrong) {
    for (int i = 0; i < batch.rowCount(); i++) {
      Row row = new Row(batch, i);
      int id = (int) row.longValue("id");
      if (row.longValue("amount") != amounts[id]
          || !row.text("region").equals(region(customers[id]))
          || !row.text("note").equals(note(id, amounts[id]))) {
        wrong[0] = "order " + id + " is " + row;
      }
    }
  }
}
