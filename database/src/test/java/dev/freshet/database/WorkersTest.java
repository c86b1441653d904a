package dev.freshet.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.function.ScalarFunction;
import dev.freshet.engine.workers.WorkerSettings;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database whose steps several threads share. */
class WorkersTest {
  private static final int ROWS = 2_000;

  @TempDir Path directory;

  /** Remembers the threads that call it, and fails on some rows. */
  public static final class Checked extends ScalarFunction {
    private static final Set<Thread> THREADS = ConcurrentHashMap.newKeySet();

    public boolean eval(long a, long b) {
      THREADS.add(Thread.currentThread());
      if ((a + b) % 97 == 0) {
        throw new IllegalArgumentException("97 divides " + (a + b));
      }
      return true;
    }
  }

  @Test
  void tellsTheFailuresOfAllWorkersAndLeavesNoThreadBehind() {
    FreshetOptions options =
        FreshetOptions.DEFAULT.withFunctions(new Checked()).withWorkers(new WorkerSettings(3, 10));
    long failed = 0;
    for (long id = 0; id < ROWS; id++) {
      failed += (id + id * 3) % 97 == 0 ? 1 : 0;
    }
    try (Freshet db = Freshet.open(directory, options)) {
      db.execute("CREATE TABLE a (id BIGINT PRIMARY KEY, x BIGINT NOT NULL)");
      db.execute("CREATE TABLE b (id BIGINT PRIMARY KEY, y BIGINT NOT NULL)");
      db.execute(
          "CREATE VIEW pairs AS SELECT a.id, x, y FROM a JOIN b ON a.id = b.id AND CHECKED(x, y)");
      insert(db, "a", 1);
      insert(db, "b", 3);
      assertThat(db.query("SELECT COUNT(*) AS n FROM pairs").single().longValue("n"))
          .isEqualTo(ROWS - failed);
      assertThat(db.errors("pairs").stream().map(Row::toString).distinct()).hasSize((int) failed);
      db.execute("DELETE FROM a WHERE id >= 0");
      assertThat(db.query("SELECT COUNT(*) AS n FROM pairs").single().longValue("n")).isZero();
      assertThat(db.errors("pairs").rowCount()).isZero();
    }
    assertThat(Checked.THREADS).hasSizeGreaterThan(0);
    assertThat(Checked.THREADS.stream().filter(thread -> thread != Thread.currentThread()))
        .noneMatch(Thread::isAlive);
  }

  private static void insert(Freshet db, String table, long factor) {
    db.transaction(tx -> {
      for (long id = 0; id < ROWS; id++) {
        tx.insert(table, id, id * factor);
      }
    });
  }
}
