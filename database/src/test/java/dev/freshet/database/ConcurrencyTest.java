package dev.freshet.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConcurrencyTest {
  private static final int ACCOUNTS = 20;
  private static final int WRITERS = 3;
  private static final int READERS = 2;
  private static final int TRANSFERS = 60;
  private static final long TOTAL = ACCOUNTS * 100L;

  @TempDir Path directory;

  @Test
  void transfersKeepTheSumAtEveryRead() throws Exception {
    try (Freshet db = Freshet.open(directory);
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS + READERS)) {
      db.execute("CREATE TABLE accounts (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL)");
      db.execute("CREATE VIEW total AS SELECT SUM(balance) AS total FROM accounts");
      db.transaction(tx -> {
        for (int id = 0; id < ACCOUNTS; id++) {
          tx.insert("accounts", id, 100);
        }
      });
      AtomicInteger running = new AtomicInteger(WRITERS);
      List<Future<Integer>> all = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        long seed = writer;
        all.add(threads.submit(() -> transfer(db, new SplittableRandom(seed), running)));
      }
      for (int reader = 0; reader < READERS; reader++) {
        all.add(threads.submit(reads(db, running)));
      }
      for (Future<Integer> each : all) {
        assertThat(each.get()).isPositive();
      }
      assertThat(sum(db, "SELECT SUM(balance) AS total FROM accounts")).isEqualTo(TOTAL);
    }
  }

  @Test
  void writersGoOnWhileALargeViewIsComputed() throws Exception {
    String query = "SELECT region, COUNT(*) AS n, SUM(amount) AS total FROM sales GROUP BY region";
    try (Freshet db = Freshet.open(directory);
        ExecutorService threads = Executors.newSingleThreadExecutor()) {
      db.execute("CREATE TABLE sales (id BIGINT PRIMARY KEY, region BIGINT, amount BIGINT)");
      for (int from = 0; from < 90_000; from += 10_000) {
        int first = from;
        db.transaction(tx -> {
          for (int id = first; id < first + 10_000; id++) {
            tx.insert("sales", id, id % 97, 1);
          }
        });
      }
      Future<WriteResult> created =
          threads.submit(() -> db.execute("CREATE VIEW regions AS " + query));
      long id = 100_000;
      while (!created.isDone()) {
        db.execute("INSERT INTO sales VALUES (" + id++ + ", 5, 7)");
        db.execute("DELETE FROM sales WHERE id = " + (id - 100_000));
      }
      created.get();
      db.execute("UPDATE sales SET amount = 3 WHERE region = 6");
      assertThat(sorted(db, "SELECT * FROM regions")).isEqualTo(sorted(db, query));
    }
    try (Freshet db = Freshet.open(directory)) {
      assertThat(sorted(db, "SELECT * FROM regions")).hasSize(97).isEqualTo(sorted(db, query));
    }
  }

  private static List<String> sorted(Freshet db, String sql) {
    return db.query(sql).stream().map(Row::toString).sorted().toList();
  }

  private static int transfer(Freshet db, SplittableRandom random, AtomicInteger running) {
    try {
      for (int i = 0; i < TRANSFERS; i++) {
        long from = random.nextInt(ACCOUNTS);
        long to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
        long amount = random.nextInt(50);
        WriteResult done =
            db.transaction(tx -> {
              tx.execute(
                  "UPDATE accounts SET balance = balance - " + amount + " WHERE id = " + from);
              tx.execute("UPDATE accounts SET balance = balance + " + amount + " WHERE id = " + to);
            });
        assertThat(db.step()).isGreaterThanOrEqualTo(done.step());
      }
      return TRANSFERS;
    } finally {
      running.decrementAndGet();
    }
  }

  private static Callable<Integer> reads(Freshet db, AtomicInteger running) {
    return () -> {
      int reads = 0;
      long step = 0;
      do {
        assertThat(sum(db, "SELECT total FROM total")).isEqualTo(TOTAL);
        QueryResult direct = db.query("SELECT SUM(balance) AS total FROM accounts");
        assertThat(direct.single().longValue("total")).isEqualTo(TOTAL);
        assertThat(direct.step()).isGreaterThanOrEqualTo(step);
        step = direct.step();
        reads++;
      } while (running.get() > 0);
      return reads;
    };
  }

  private static long sum(Freshet db, String sql) {
    return db.query(sql).single().longValue("total");
  }

  @Test
  void readersSeeNamesAndRowsThatBelongTogether() throws Exception {
    try (Freshet db = Freshet.open(directory);
        ExecutorService threads = Executors.newFixedThreadPool(1)) {
      db.execute("CREATE TABLE t (id BIGINT PRIMARY KEY)");
      db.execute("INSERT INTO t VALUES (1)");
      db.execute("CREATE VIEW v AS SELECT id AS a FROM t");
      AtomicInteger running = new AtomicInteger(1);
      Future<Integer> reader =
          threads.submit(() -> {
            int reads = 0;
            while (running.get() > 0 || reads == 0) {
              QueryResult answer = db.query("SELECT * FROM v");
              assertThat(answer.single().toString()).isIn("{a=1}", "{a=1, b=one}");
              reads++;
            }
            return reads;
          });
      for (int i = 0; i < 20; i++) {
        db.execute("CREATE OR REPLACE VIEW v AS SELECT id AS a, 'one' AS b FROM t");
        db.execute("CREATE OR REPLACE VIEW v AS SELECT id AS a FROM t");
      }
      running.set(0);
      assertThat(reader.get()).isPositive();
    }
  }
}
