package dev.freshet.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.testing.simulation.Fault;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedScheduler;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random statements over a simulated disk that loses power, fails and fills up. After each opening
 * the acknowledged state is there, with at most the one write more whose outcome was not known; and
 * each view equals its query.
 */
class CrashTest {
  private static final int SEEDS = 60;
  private static final int ROUNDS = 6;
  private static final int WRITES = 25;
  private static final String VIEW =
      "SELECT grp, COUNT(*) AS n, SUM(amount) AS amount FROM items GROUP BY grp";

  @Test
  void keepsWhatWasAcknowledged() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        new Run(seed).run();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  /** What a database should hold: the rows of the table, empty when there is no table. */
  private record State(Optional<TreeMap<Long, Long>> rows) {
    static final State NOTHING = new State(Optional.empty());
  }

  private static final class Run {
    private final SplittableRandom random;
    private final SimulatedClock clock = new SimulatedClock();
    private final Trace trace = new Trace();
    private final SimulatedStorage storage;
    private final long seed;
    private State acknowledged = State.NOTHING;

    /** The state if the write of unknown outcome took place. */
    private State attempted = State.NOTHING;

    Run(long seed) {
      this.seed = seed;
      this.random = new SplittableRandom(seed);
      this.storage = new SimulatedStorage(clock, trace, seed);
    }

    void run() {
      for (int round = 0; round < ROUNDS; round++) {
        SimulatedScheduler scheduler = new SimulatedScheduler(clock, trace, seed + round);
        Freshet db = open(scheduler);
        check(db);
        writeUntilFailure(db, scheduler);
        switch (random.nextInt(3)) {
          case 0 -> storage.kill();
          case 1 -> storage.crash(random.split());
          default -> close(db);
        }
        scheduler.kill();
      }
    }

    private Freshet open(SimulatedScheduler scheduler) {
      FreshetOptions options =
          FreshetOptions.DEFAULT.withCheckpointInterval(Duration.ofMillis(1 + random.nextInt(20)));
      return Freshet.open(storage, clock, scheduler, options);
    }

    private void close(Freshet db) {
      storage.failRandomly(0);
      db.close();
      storage.kill();
    }

    private void writeUntilFailure(Freshet db, SimulatedScheduler scheduler) {
      if (random.nextInt(2) == 0) {
        storage.failCall(
            1 + random.nextInt(120), Fault.values()[random.nextInt(Fault.values().length)]);
      }
      for (int i = 0; i < WRITES; i++) {
        State next = next();
        attempted = next;
        try {
          write(db, next);
        } catch (FreshetException e) {
          assertThat(e.code())
              .as("%s", e)
              .isIn(ErrorCode.COMMIT_OUTCOME_UNKNOWN, ErrorCode.STORAGE_FAILED);
          return;
        }
        acknowledged = next;
        scheduler.run(random.nextInt(4));
      }
    }

    private State next() {
      if (acknowledged.rows().isEmpty()) {
        return new State(Optional.of(new TreeMap<>()));
      }
      if (random.nextInt(15) == 0) {
        return State.NOTHING;
      }
      TreeMap<Long, Long> rows = new TreeMap<>(acknowledged.rows().get());
      for (int i = random.nextInt(4); i >= 0; i--) {
        long id = random.nextInt(30);
        if (random.nextInt(3) == 0) {
          rows.remove(id);
        } else {
          rows.put(id, (long) random.nextInt(100));
        }
      }
      return new State(Optional.of(rows));
    }

    /** One statement or transaction that leads from the acknowledged state to the next. */
    private void write(Freshet db, State next) {
      if (next.rows().isEmpty()) {
        // Two statements: in between there is the table without the view.
        db.execute("DROP VIEW IF EXISTS totals");
        db.execute("DROP TABLE IF EXISTS items");
      } else if (acknowledged.rows().isEmpty()) {
        db.execute(
            "CREATE TABLE IF NOT EXISTS items (id BIGINT PRIMARY KEY, grp BIGINT NOT NULL, amount"
                + " BIGINT NOT NULL)");
        db.execute("CREATE VIEW IF NOT EXISTS totals AS " + VIEW);
      } else {
        Map<Long, Long> before = acknowledged.rows().get();
        Map<Long, Long> after = next.rows().get();
        db.transaction(tx -> {
          before.keySet().stream()
              .filter(id -> !after.containsKey(id))
              .forEach(id -> tx.delete("items", id));
          after.forEach((id, amount) -> tx.upsert("items", id, id % 3, amount));
        });
      }
    }

    private void check(Freshet db) {
      State found = found(db);
      assertThat(found).isIn(acknowledged, attempted, new State(Optional.of(new TreeMap<>())));
      if (acknowledged.rows().isPresent() && attempted.rows().isPresent()) {
        assertThat(found).isIn(acknowledged, attempted);
      }
      if (db.views().contains("totals")) {
        assertThat(answer(db, "SELECT * FROM totals")).isEqualTo(answer(db, VIEW));
      } else if (db.tables().contains("items")) {
        db.execute("CREATE VIEW totals AS " + VIEW);
      }
      acknowledged = found;
      attempted = found;
    }

    private static List<String> answer(Freshet db, String sql) {
      return db.query(sql).stream().map(Row::toString).sorted().toList();
    }

    private static State found(Freshet db) {
      if (!db.tables().contains("items")) {
        return State.NOTHING;
      }
      TreeMap<Long, Long> rows = new TreeMap<>();
      for (Row row : db.query("SELECT id, amount FROM items")) {
        rows.put(row.longValue(0), row.longValue(1));
      }
      return new State(Optional.of(rows));
    }
  }
}
