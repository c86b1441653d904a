package dev.freshet.bench.corrupt;

import static java.util.Comparator.naturalOrder;

import dev.freshet.bench.harness.QuietWarnings;
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
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The files of a small database that was closed well, of each kind that there is: segments of the
 * log, manifests, files of runs that several checkpoints share and that one has alone, definitions;
 * and what the database answers.
 *
 * @param files content by path
 * @param answers the rows of all tables and views
 * @param newest the files that only the newest checkpoint needs
 */
record SampleDatabase(Map<String, byte[]> files, List<String> answers, Set<String> newest) {
  private static final List<String> RELATIONS =
      List.of("customers", "orders", "per_customer", "large");
  private static final String STATE = "state/";

  static final FreshetOptions OPTIONS =
      FreshetOptions.DEFAULT
          .withCheckpointInterval(Duration.ofSeconds(1))
          .withLogRetention(Duration.ofDays(1))
          .withWorkers(WorkerSettings.ONE);

  SampleDatabase {
    files = Map.copyOf(files);
    answers = List.copyOf(answers);
    newest = Set.copyOf(newest);
  }

  /** What opening damaged files came to. */
  enum Outcome {
    /** It was refused, with a message that names the file. */
    DETECTED,
    /** It was told of, and all answers are right: another checkpoint had what was damaged. */
    FELL_BACK,
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
    return create(seed, OPTIONS);
  }

  static SampleDatabase create(long seed, FreshetOptions options) {
    QuietWarnings.apply();
    SplittableRandom random = new SplittableRandom(seed);
    SimulatedClock clock = new SimulatedClock();
    SimulatedStorage storage = new SimulatedStorage(clock, new Trace(), seed);
    for (int life = 0; life < 3; life++) {
      try (Freshet database = open(storage, clock, seed, options)) {
        if (life == 0) {
          database.execute("CREATE TABLE customers (name VARCHAR PRIMARY KEY)");
          database.transaction(change -> {
            for (int i = 0; i < 150; i++) { // so much that later checkpoints go on naming it
              change.insert("customers", "c" + i);
            }
          });
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
    try (Freshet database = open(storage, clock, seed, options)) {
      SampleDatabase sample = new SampleDatabase(files, answers(database), Set.of());
      return new SampleDatabase(files, sample.answers(), sample.findNewest());
    }
  }

  private static Freshet open(
      SimulatedStorage storage, SimulatedClock clock, long seed, FreshetOptions options) {
    return Freshet.open(storage, clock, new SimulatedScheduler(clock, new Trace(), seed), options);
  }

  /** The newest manifest, and the files of runs that nothing lacks once it is gone. */
  private Set<String> findNewest() {
    String manifest =
        files.keySet().stream()
            .filter(path -> path.contains("manifest"))
            .max(naturalOrder())
            .orElseThrow();
    Set<String> found = new TreeSet<>(Set.of(manifest));
    for (String path : files.keySet()) {
      if (path.endsWith(".run") && isRightWithout(manifest, path)) {
        found.add(path);
      }
    }
    return found;
  }

  private boolean isRightWithout(String... lost) {
    SimulatedClock clock = new SimulatedClock();
    SimulatedStorage storage = new SimulatedStorage(clock, new Trace(), 1);
    files.forEach(storage::damage);
    List.of(lost).forEach(storage::lose);
    try (Freshet database = open(storage, clock, 1, OPTIONS)) {
      return database.checkpointDamages().isEmpty() && answers(database).equals(answers);
    } catch (FreshetException e) {
      return false;
    }
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

  /** A log that was cut is named by the offsets it holds: any file of it may lack some. */
  private static boolean isNamed(String path, boolean isCut, String message) {
    boolean isCutLog = isCut && path.startsWith("log/");
    return message.contains(path) || (isCutLog && message.contains("the log holds"));
  }

  /**
   * Opens the database with one file changed; with a changed state also as a database that is large
   * beside its memory, of which not all is checked when it is opened.
   */
  Outcome with(String path, byte[] content) throws Unnoticed {
    Outcome small = outcome(damaged(path, content), path, content);
    if (!path.startsWith(STATE)) {
      return small;
    }
    SimulatedStorage storage = damaged(path, content);
    if (!isFoundInLarge(storage, path)) {
      Outcome large = outcome(storage, path, content);
      if (large != small) {
        throw new Unnoticed(small + ", but " + large + " when it is found out later");
      }
    }
    return small;
  }

  private SimulatedStorage damaged(String path, byte[] content) {
    SimulatedStorage storage = new SimulatedStorage(new SimulatedClock(), new Trace(), 1);
    files.forEach(storage::damage);
    storage.damage(path, content);
    return storage;
  }

  /**
   * Whether the opening of a large one finds the damage. Else what is read afterwards is right, or
   * fails with the name of the file.
   */
  private boolean isFoundInLarge(SimulatedStorage storage, String path) throws Unnoticed {
    FreshetOptions options = OPTIONS.withMemoryBytes(0);
    boolean isFound = false;
    List<String> came = answers;
    try (Freshet database = open(storage, new SimulatedClock(), 1, options)) {
      isFound = database.checkpointDamages().stream().anyMatch(damage -> damage.contains(path));
      came = answers(database);
    } catch (FreshetException e) {
      if (e.code() != ErrorCode.STORAGE_DAMAGED || !e.getMessage().contains(path)) {
        throw new Unnoticed("read as a large one, it fails otherwise: " + e.getMessage());
      }
    }
    if (!came.equals(answers)) {
      throw new Unnoticed("read as a large one, it answers wrongly");
    }
    return isFound;
  }

  private Outcome outcome(SimulatedStorage storage, String path, byte[] content) throws Unnoticed {
    SimulatedClock clock = new SimulatedClock();
    List<String> came;
    List<String> told;
    try (Freshet database = open(storage, clock, 1, OPTIONS)) {
      came = answers(database);
      told = database.checkpointDamages();
    } catch (FreshetException e) {
      String message = e.code() + " " + e.getMessage();
      if (e.code() == ErrorCode.STORAGE_DAMAGED || e.code() == ErrorCode.FORMAT_UNKNOWN) {
        boolean isCut = content.length < files.getOrDefault(path, content).length;
        if (!isNamed(path, isCut, message)) {
          throw new Unnoticed("refused, but does not name the file: " + message);
        }
        return Outcome.DETECTED;
      }
      throw new Unnoticed("refused for another reason: " + message);
    } catch (RuntimeException e) {
      throw new Unnoticed("refused by accident: " + e);
    }
    if (!came.equals(answers)) {
      throw new Unnoticed("opened, and answers " + came.size() + " rows that are not the same");
    }
    if (told.isEmpty()) {
      return Outcome.RIGHT;
    }
    if (told.stream().noneMatch(damage -> damage.contains(path))) {
      throw new Unnoticed("another file is said to be damaged: " + told);
    }
    return Outcome.FELL_BACK;
  }
}
