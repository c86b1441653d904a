package dev.freshet.bench.corrupt;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.database.Freshet;
import dev.freshet.database.FreshetOptions;
import dev.freshet.engine.workers.WorkerSettings;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedScheduler;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The files of a small database that was closed well, of each kind that there is: segments of the
 * log, a manifest, files of runs, definitions; and what the database answers.
 *
 * @param files content by path
 * @param answers the rows of all tables and views
 */
record SampleDatabase(Map<String, byte[]> files, List<String> answers) {
  private static final List<String> RELATIONS = List.of("orders", "per_customer", "large");
  private static final FreshetOptions OPTIONS =
      FreshetOptions.DEFAULT
          .withCheckpointInterval(Duration.ofSeconds(1))
          .withLogRetention(Duration.ofDays(1))
          .withWorkers(WorkerSettings.ONE);

  SampleDatabase {
    files = Map.copyOf(files);
    answers = List.copyOf(answers);
  }

  /** What opening damaged files came to. */
  enum Outcome {
    /** It was refused, with a message that names a file. */
    DETECTED,
    /** All answers are right: the byte is of no use to anybody. */
    RIGHT
  }

  /** Thrown when damage went unnoticed, or was noticed by accident only. */
  static final class Unnoticed extends Exception {
    private static final long serialVersionUID = 1;

    Unnoticed(String message) {
      super(message);
    }
  }

  static SampleDatabase create(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    SimulatedClock clock = new SimulatedClock();
    SimulatedStorage storage = new SimulatedStorage(clock, new Trace(), seed);
    for (int life = 0; life < 3; life++) {
      try (Freshet database = open(storage, clock, seed)) {
        if (life == 0) {
          database.execute(
              "CREATE TABLE orders (id BIGINT PRIMARY KEY, customer VARCHAR, amount INTEGER)");
          database.execute(
              "CREATE VIEW per_customer AS SELECT customer, SUM(amount) AS total, MAX(amount) AS"
                  + " most FROM orders GROUP BY customer");
          database.execute("CREATE VIEW large AS SELECT id FROM orders WHERE amount > 500");
        }
        for (int i = 0; i < 12; i++) {
          database.transaction(change -> {
            for (int row = 0; row < 3; row++) {
              long id = random.nextInt(25);
              change.upsert("orders", id, "c" + id % 4, random.nextInt(1_000));
            }
          });
        }
      }
    }
    Map<String, byte[]> files = new TreeMap<>();
    storage.paths().forEach(path -> files.put(path, storage.content(path)));
    try (Freshet database = open(storage, clock, seed)) {
      return new SampleDatabase(files, answers(database));
    }
  }

  private static Freshet open(SimulatedStorage storage, SimulatedClock clock, long seed) {
    return Freshet.open(storage, clock, new SimulatedScheduler(clock, new Trace(), seed), OPTIONS);
  }

  private static List<String> answers(Freshet database) {
    List<String> rows = new ArrayList<>();
    for (String relation : RELATIONS) {
      database.query("SELECT * FROM " + relation).rows().stream()
          .map(row -> relation + Arrays.toString(row))
          .sorted()
          .forEach(rows::add);
    }
    return rows;
  }

  /** Opens the database with one file changed. */
  Outcome with(String path, byte[] content) throws Unnoticed {
    SimulatedClock clock = new SimulatedClock();
    SimulatedStorage storage = new SimulatedStorage(clock, new Trace(), 1);
    files.forEach(storage::damage);
    storage.damage(path, content);
    List<String> came;
    try (Freshet database = open(storage, clock, 1)) {
      came = answers(database);
    } catch (FreshetException e) {
      if (e.code() == ErrorCode.STORAGE_DAMAGED || e.code() == ErrorCode.FORMAT_UNKNOWN) {
        return Outcome.DETECTED;
      }
      throw new Unnoticed("refused for another reason: " + e.code() + " " + e.getMessage());
    } catch (RuntimeException e) {
      throw new Unnoticed("refused by accident: " + e);
    }
    if (!came.equals(answers)) {
      throw new Unnoticed("opened, and answers " + came.size() + " rows that are not the same");
    }
    return Outcome.RIGHT;
  }
}
