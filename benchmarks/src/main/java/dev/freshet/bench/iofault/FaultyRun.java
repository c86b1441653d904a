package dev.freshet.bench.iofault;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.database.Freshet;
import dev.freshet.database.FreshetOptions;
import dev.freshet.database.Row;
import dev.freshet.engine.workers.WorkerSettings;
import dev.freshet.testing.simulation.Call;
import dev.freshet.testing.simulation.Fault;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedScheduler;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A standard load on a simulated disk: a database is made, filled by numbered transactions, closed
 * and opened again between them. One call of the disk fails; the program does what programs do: it
 * takes an error as an unknown outcome, closes the database, opens it again and goes on. At the end
 * the power fails, and what the disk has kept is looked at.
 */
final class FaultyRun {
  private static final int LIVES = 3;
  private static final int TRANSACTIONS = 8;
  private static final int KEYS = 5;
  private static final int RETRIES = 3;

  private static final FreshetOptions OPTIONS =
      FreshetOptions.DEFAULT
          .withCheckpointInterval(Duration.ofMillis(1))
          .withWorkers(WorkerSettings.ONE);

  private final SimulatedClock clock = new SimulatedClock();
  private final SimulatedStorage storage;
  private final long seed;
  private final TreeSet<Long> acknowledged = new TreeSet<>();
  private final TreeSet<Long> unknown = new TreeSet<>();
  private @Nullable Freshet database;
  private boolean hasFailed;

  FaultyRun(long seed) {
    this.seed = seed;
    this.storage = new SimulatedStorage(clock, new Trace(), seed);
  }

  /** How many calls of the disk the load makes when none fails. */
  static long calls(long seed) {
    FaultyRun run = new FaultyRun(seed);
    run.load();
    return run.storage.calls();
  }

  /**
   * Lets one call fail. Returns what was wrong afterwards, if anything was.
   *
   * @param call counts from 1
   */
  static Optional<String> withFault(long seed, long call, Fault fault) {
    FaultyRun run = new FaultyRun(seed);
    run.storage.failCall(call, fault);
    Optional<String> wrong = run.verdict();
    return wrong.isEmpty() && !run.hasFailed
        ? Optional.of("the call did not come, or its failure was not met")
        : wrong;
  }

  /** As {@link #withFault}, on a disk that only says that it has synced. */
  static Optional<String> onALyingDisk(long seed) {
    FaultyRun run = new FaultyRun(seed);
    run.storage.syncs(SimulatedStorage.Syncs.LIE);
    return run.verdict();
  }

  private Optional<String> verdict() {
    try {
      load();
      hasFailed = Stream.of(Call.values()).anyMatch(this::hasFailed);
      storage.forgetFaults();
      storage.crash(new SplittableRandom(seed));
      database = null;
      return look(open());
    } catch (FreshetException e) {
      return Optional.of("cannot be opened any more: " + e.code() + " " + e.getMessage());
    } catch (RuntimeException e) {
      return Optional.of("fails by accident: " + e);
    }
  }

  private boolean hasFailed(Call kind) {
    return Stream.of(Fault.values()).anyMatch(how -> storage.failures(kind, how) > 0);
  }

  private void load() {
    long id = 0;
    for (int life = 0; life < LIVES; life++) {
      if (life == 0) {
        define("CREATE TABLE ledger (id BIGINT PRIMARY KEY)");
        define("CREATE TABLE latest (k BIGINT PRIMARY KEY, id BIGINT)");
        define("CREATE VIEW sums AS SELECT COUNT(*) AS n, SUM(id) AS total FROM ledger");
      }
      for (int i = 0; i < TRANSACTIONS; i++) {
        write(++id);
      }
      close();
    }
  }

  /** A definition is tried again until it is there. */
  private void define(String sql) {
    for (int attempt = 0; ; attempt++) {
      try {
        opened().execute(sql);
        return;
      } catch (FreshetException e) {
        if (e.code() == ErrorCode.ALREADY_EXISTS) {
          return;
        }
        failed(e, attempt);
      }
    }
  }

  private void write(long id) {
    for (int attempt = 0; ; attempt++) {
      Freshet open;
      try {
        open = opened();
      } catch (FreshetException e) {
        failed(e, attempt);
        continue;
      }
      try {
        open.transaction(change -> {
          change.insert("ledger", id);
          change.upsert("latest", id % KEYS, id);
        });
        acknowledged.add(id);
      } catch (FreshetException e) {
        unknown.add(id);
        failed(e, 0);
      }
      return;
    }
  }

  private void failed(FreshetException e, int attempt) {
    boolean goesOn =
        e.code() == ErrorCode.COMMIT_OUTCOME_UNKNOWN || e.code().retry() != ErrorCode.Retry.NO;
    if (attempt == RETRIES || !goesOn) {
      throw e;
    }
    close();
  }

  private Freshet opened() {
    Freshet open = database;
    if (open == null) {
      open = open();
      database = open;
    }
    return open;
  }

  private Freshet open() {
    return Freshet.open(storage, clock, new SimulatedScheduler(clock, new Trace(), seed), OPTIONS);
  }

  private void close() {
    Freshet open = database;
    database = null;
    if (open != null) {
      try {
        open.close();
      } catch (FreshetException e) {
        // what it could not save, the log has
      }
    }
  }

  private Optional<String> look(Freshet kept) {
    try (kept) {
      TreeSet<Long> there = new TreeSet<>();
      kept.query("SELECT id FROM ledger").stream().forEach(row -> there.add((Long) row.get(0)));
      TreeSet<Long> lost = new TreeSet<>(acknowledged);
      lost.removeAll(there);
      if (!lost.isEmpty()) {
        return Optional.of("acknowledged and lost: " + lost);
      }
      TreeSet<Long> more = new TreeSet<>(there);
      more.removeAll(acknowledged);
      more.removeAll(unknown);
      if (!more.isEmpty()) {
        return Optional.of("there, and never written: " + more);
      }
      for (long key = 0; key < KEYS; key++) {
        long wanted = key;
        Optional<Long> last =
            there.descendingSet().stream().filter(id -> id % KEYS == wanted).findFirst();
        Optional<Object> found = kept.find("latest", key).map(row -> row.get(1));
        if (!found.equals(last.map(id -> (Object) id))) {
          return Optional.of("half a transaction: key " + key + " is " + found + " not " + last);
        }
      }
      Row sums = kept.query("SELECT n, total FROM sums").single();
      long total = there.stream().mapToLong(each -> each).sum();
      boolean right =
          Objects.equals(sums.get(0), (long) there.size())
              && Objects.equals(sums.get(1), there.isEmpty() ? null : total);
      return right ? Optional.empty() : Optional.of("the view is not equal to its query");
    }
  }
}
