package dev.freshet.bench.latency;

import dev.freshet.bench.harness.Samples;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.Check;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.type.Schema;
import dev.freshet.database.Freshet;
import dev.freshet.database.FreshetOptions;
import dev.freshet.engine.Engine;
import dev.freshet.measure.Meter;
import dev.freshet.measure.Told;
import dev.freshet.sql.SqlCompiler;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.catalog.Catalog.Relation;
import dev.freshet.testing.files.WorkFolder;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** The process that inserts one order after the other, with pauses, and takes the time of each. */
final class LatencyWork {
  private static final long PAUSE_NANOS = 500_000;
  private static final int CUSTOMERS = 1_000;
  private static final int REGIONS = 20;
  private static final int LOADED_AT_ONCE = 10_000;
  private static final String VIEW =
      "SELECT c.region, COUNT(*) AS orders, SUM(o.amount) AS amount"
          + " FROM orders o JOIN customers c ON o.customer = c.id WHERE o.amount > 100"
          + " GROUP BY c.region";

  private final SplittableRandom random = new SplittableRandom(1);

  /** What is measured. */
  enum Mode {
    DURABLE("library, insert to synced and visible"),
    MEMORY("library, insert to visible, files in memory"),
    ENGINE("engine, one step");

    private final String title;

    Mode(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  public static void main(String[] arguments) {
    Mode mode = Mode.valueOf(arguments[0]);
    long orders = Long.parseLong(arguments[1]);
    long nanos = Long.parseLong(arguments[2]) * 1_000_000;
    LatencyWork work = new LatencyWork();
    switch (mode) {
      case DURABLE -> {
        try (WorkFolder folder = WorkFolder.create("freshet-bench-latency-");
            Freshet db = Freshet.open(folder.path().resolve("db"))) {
          work.library(db, orders, nanos);
        }
      }
      case MEMORY -> {
        try (Freshet db =
            Freshet.open(
                new SimulatedStorage(new SimulatedClock(), new Trace(), 1),
                Clock.system(),
                Scheduler.threads(),
                FreshetOptions.DEFAULT)) {
          work.library(db, orders, nanos);
        }
      }
      case ENGINE -> work.engine(orders, nanos);
    }
  }

  private void library(Freshet db, long orders, long nanos) {
    db.execute("CREATE TABLE orders (id BIGINT PRIMARY KEY, customer INTEGER, amount BIGINT)");
    db.execute("CREATE TABLE customers (id INTEGER PRIMARY KEY, region VARCHAR)");
    db.execute("CREATE VIEW regions AS " + VIEW);
    db.transaction(tx -> {
      for (int id = 0; id < CUSTOMERS; id++) {
        tx.insert("customers", id, region(id));
      }
    });
    for (long from = 0; from < orders; from += LOADED_AT_ONCE) {
      long first = from;
      db.transaction(tx -> {
        for (long id = first; id < Math.min(first + LOADED_AT_ONCE, orders); id++) {
          tx.insert("orders", id, customer(), amount());
        }
      });
    }
    long measured =
        measure(
            orders,
            nanos,
            id -> {
              int customer = customer();
              long amount = amount();
              db.transaction(tx -> tx.insert("orders", id, customer, amount));
            });
    long seen = 0;
    for (var row : db.query("SELECT SUM(orders) AS n FROM regions")) {
      seen = row.longValue("n");
    }
    Check.that(seen == orders + measured, "every order is in the view", seen, orders + measured);
  }

  private void engine(long orders, long nanos) {
    Schema orderSchema =
        new SqlCompiler(Catalog.of(List.of()))
            .query(
                "SELECT CAST(0 AS BIGINT) AS id, CAST(0 AS INTEGER) AS customer,"
                    + " CAST(0 AS BIGINT) AS amount",
                "orders")
            .schema();
    Schema customerSchema =
        new SqlCompiler(Catalog.of(List.of()))
            .query("SELECT CAST(0 AS INTEGER) AS id, CAST('' AS VARCHAR) AS region", "customers")
            .schema();
    Engine engine = new Engine();
    engine.createTable("orders", orderSchema, 0);
    engine.createTable("customers", customerSchema, 0);
    Catalog catalog =
        Catalog.of(
            List.of(
                Relation.of("orders", orderSchema, "id"),
                Relation.of("customers", customerSchema, "id")));
    engine.createView("regions", new SqlCompiler(catalog).query(VIEW, "regions").plan(), 0);
    BatchBuilder customers = new BatchBuilder(customerSchema, CUSTOMERS);
    for (int id = 0; id < CUSTOMERS; id++) {
      customers.row(1, id, region(id));
    }
    engine.apply(TableChanges.inserts("customers", customers.build(), 0));
    long[] step = {1};
    engine.step(step[0], 1);
    for (long from = 0; from < orders; from += LOADED_AT_ONCE) {
      BatchBuilder rows = new BatchBuilder(orderSchema, LOADED_AT_ONCE);
      for (long id = from; id < Math.min(from + LOADED_AT_ONCE, orders); id++) {
        rows.row(1, id, customer(), amount());
      }
      engine.apply(TableChanges.inserts("orders", rows.build(), 0));
      engine.step(++step[0], 1);
    }
    measure(
        orders,
        nanos,
        id -> {
          BatchBuilder row = new BatchBuilder(orderSchema, 1);
          row.row(1, id, customer(), amount());
          engine.apply(TableChanges.inserts("orders", row.build(), 0));
          engine.step(++step[0], 1);
        });
  }

  /** Inserts until the time is over, after as long a warm-up; returns how many. */
  private static long measure(long firstId, long nanos, LongConsumer insert) {
    long id = firstId;
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end) {
      insert.accept(id++);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    Samples samples = new Samples();
    Meter meter = new Meter();
    long measuredFrom = id;
    end = System.nanoTime() + nanos;
    while (System.nanoTime() < end) {
      long begin = System.nanoTime();
      insert.accept(id++);
      samples.add(System.nanoTime() - begin);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    Told.figure("p50", samples.micros(0.5));
    Told.figure("p99", samples.micros(0.99));
    Told.figure("p99.9", samples.micros(0.999));
    Told.figure("max", samples.micros(1));
    Told.figure("rows", (double) (id - measuredFrom));
    Told.figure("cpu_us_per_row", meter.cpuSeconds() * 1e6 / (id - measuredFrom));
    Told.figure("peak_mb", Meter.peakMemoryMb());
    return id - firstId;
  }

  private int customer() {
    return random.nextInt(CUSTOMERS);
  }

  private long amount() {
    return 101L + random.nextInt(10_000);
  }

  private static String region(int customer) {
    return "region " + customer % REGIONS;
  }
}
