package dev.freshet.bench.overload;

import dev.freshet.bench.harness.Samples;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.database.Freshet;
import dev.freshet.database.FreshetOptions;
import dev.freshet.database.Row;
import dev.freshet.measure.Told;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The process: measures what one writer reaches, writes at a quarter of that, then lets so many
 * writers try that ten times as much is asked for as is taken, then writes at a quarter again until
 * latency is as usual. Each write has an id of its own; at the end those that were acknowledged
 * must be there and those that were refused must not, also after opening again.
 */
final class WriterOverloadMain {
  private static final Duration WAIT = Duration.ofMillis(40);
  private static final long CALIBRATION_NANOS_MAX = 2_000_000_000L;
  private static final long USUAL_NANOS_MAX = 3_000_000_000L;
  private static final long WINDOW_NANOS_MAX = 2_000_000_000L;
  private static final int WRITERS_MIN = 20;
  private static final int WRITERS_MAX = 4_000;
  private static final double TIMES = 14;
  private static final long SETTLING_NANOS = 20_000_000_000L;
  private static final long LOOK_MILLIS = 200;

  /** A write changes so many rows besides, so that a machine takes few of them. */
  private static final int ROWS = 400;

  private static final double NOISE_MILLIS = 20;
  private static final int ACKNOWLEDGED_OF_REFUSED = 100;
  private static final long REFUSAL_NANOS = 1_000_000;
  private static final int KEPT_BYTES = 2 << 20;

  private final Path directory;
  private final Planted planted;
  private final long recoveryNanosMax;
  private final AtomicLong nextId = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final BitSet acknowledged = new BitSet(); // guarded by itself
  private final List<byte[]> kept = new ArrayList<>(); // guarded by acknowledged
  private volatile Phase phase = Phase.USUAL;

  private enum Phase {
    USUAL,
    OVERLOAD,
    AFTERWARDS
  }

  private WriterOverloadMain(Path directory, Planted planted, long recoverySecondsMax) {
    this.directory = directory;
    this.planted = planted;
    this.recoveryNanosMax = TimeUnit.SECONDS.toNanos(recoverySecondsMax);
  }

  /**
   * @param arguments the directory, how long the overload lasts in milliseconds, a {@link Planted}
   *     defect, and how many seconds latency may take to be as usual
   */
  public static void main(String[] arguments) throws InterruptedException {
    new WriterOverloadMain(
            Path.of(arguments[0]), Planted.valueOf(arguments[2]), Long.parseLong(arguments[3]))
        .run(Long.parseLong(arguments[1]) * 1_000_000);
  }

  private void run(long overloadNanos) throws InterruptedException {
    try (Freshet database = open()) {
      database.execute("CREATE TABLE writes (id BIGINT PRIMARY KEY)");
      database.execute("CREATE TABLE work (part BIGINT PRIMARY KEY, id BIGINT, content VARCHAR)");
      database.execute("CREATE VIEW totals AS SELECT COUNT(*) AS n FROM writes");
      long calibrationNanos = Math.min(CALIBRATION_NANOS_MAX, overloadNanos / 2);
      paced(database, 0, calibrationNanos);
      double capacity = acknowledged.cardinality() / (calibrationNanos / 1e9);
      long usualNanos = Math.min(USUAL_NANOS_MAX, overloadNanos / 2);
      double usual = paced(database, capacity / 4, usualNanos).millis(0.99);
      Told.figure("usual_ms", usual);
      Told.figure("capacity_per_s", capacity);
      phase = Phase.OVERLOAD;
      overload(database, capacity, overloadNanos);
      phase = Phase.AFTERWARDS;
      Told.figure(
          "recovery_s",
          recovery(database, capacity / 4, usual, Math.min(WINDOW_NANOS_MAX, overloadNanos / 2)));
      check(database, "at-the-end");
    }
    try (Freshet database = open()) {
      check(database, "after-opening-again");
    }
  }

  private Freshet open() {
    return Freshet.open(directory, FreshetOptions.DEFAULT.withWriteWait(WAIT));
  }

  /**
   * One writer. What is refused has no latency.
   *
   * @param perSecond 0 for as many as it reaches
   */
  private Samples paced(Freshet database, double perSecond, long nanos) {
    Samples samples = new Samples();
    long begin = System.nanoTime();
    for (long i = 0; System.nanoTime() - begin < nanos; i++) {
      long due = perSecond == 0 ? 0 : begin + (long) (i / perSecond * 1e9);
      LockSupport.parkNanos(Math.max(0, due - System.nanoTime()));
      long sent = System.nanoTime();
      if (write(database)) {
        samples.add(System.nanoTime() - sent);
      }
    }
    return samples;
  }

  /** Adds writers whenever too little is asked for, and counts once it was enough. */
  private void overload(Freshet database, double capacity, long nanos) throws InterruptedException {
    Samples samples = new Samples();
    AtomicBoolean ends = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();
    int wanted = (int) (TIMES * capacity * WAIT.toMillis() / 1e3);
    long settled = System.nanoTime() + SETTLING_NANOS;
    boolean isSettled = false;
    Counts first = counts();
    Counts last = first;
    while (!isSettled || System.nanoTime() - first.nanos() < nanos) {
      wanted = Math.clamp(wanted, WRITERS_MIN, WRITERS_MAX);
      while (threads.size() < wanted) {
        threads.add(Thread.ofVirtual().start(() -> writeUntil(database, ends, samples)));
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      Counts now = counts();
      boolean isEnough = now.times(last) >= TIMES;
      wanted += isEnough ? 0 : 1 + wanted / 4;
      last = now;
      if (!isSettled && (isEnough || System.nanoTime() > settled)) {
        isSettled = true;
        first = now;
      }
    }
    ends.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    double seconds = (last.nanos() - first.nanos()) / 1e9;
    Told.figure("offered_per_s", (last.offered() - first.offered()) / seconds);
    Told.figure("taken_per_s", (last.taken() - first.taken()) / seconds);
    Told.figure("refused", (double) refused.get());
    Told.figure("overload_ms", samples.millis(0.99));
  }

  private record Counts(long offered, long taken, long nanos) {
    double times(Counts before) {
      return (double) (offered - before.offered) / Math.max(1, taken - before.taken);
    }
  }

  private Counts counts() {
    long taken = acknowledged();
    return new Counts(refused.get() + taken, taken, System.nanoTime());
  }

  private void writeUntil(Freshet database, AtomicBoolean ends, Samples samples) {
    while (!ends.get()) {
      long sent = System.nanoTime();
      if (write(database)) {
        synchronized (samples) {
          samples.add(System.nanoTime() - sent);
        }
      }
    }
  }

  /**
   * Seconds until all of a window is taken, as fast as usual; more than the limit when it never is.
   */
  private double recovery(Freshet database, double perSecond, double usual, long windowNanos) {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < recoveryNanosMax) {
      long refusedBefore = refused.get();
      double now = paced(database, perSecond, windowNanos).millis(0.99);
      boolean isTaken = refused.get() == refusedBefore;
      if (isTaken && now <= Math.max(2 * usual, usual + NOISE_MILLIS)) {
        return (System.nanoTime() - begin) / 1e9;
      }
    }
    return Double.POSITIVE_INFINITY;
  }

  /** Whether it was acknowledged. */
  private boolean write(Freshet database) {
    long id = nextId.getAndIncrement();
    try {
      if (isPlanted()) {
        LockSupport.parkNanos(REFUSAL_NANOS);
        throw new FreshetException(ErrorCode.TIMED_OUT, "refused on purpose");
      }
      database.transaction(change -> {
        change.insert("writes", id);
        for (long row = 0; row < ROWS; row++) {
          change.upsert("work", row, id, "written by " + id);
        }
      });
      acknowledge(id);
      return true;
    } catch (FreshetException e) {
      if (e.code() != ErrorCode.TIMED_OUT) {
        Told.note("wrong-error", "a write failed otherwise than by being refused: " + e);
      }
      refused.incrementAndGet();
      plant(id);
      return false;
    }
  }

  /** Whether this write is to be refused. */
  private boolean isPlanted() {
    return switch (phase) {
      case USUAL -> false;
      case OVERLOAD -> planted == Planted.COLLAPSES;
      case AFTERWARDS -> planted == Planted.REFUSES_AFTERWARDS;
    };
  }

  private void plant(long id) {
    switch (planted) {
      case NOTHING, COLLAPSES, REFUSES_AFTERWARDS -> {
        // a refused write is forgotten
      }
      case ACKNOWLEDGES_REFUSED -> {
        if (id % ACKNOWLEDGED_OF_REFUSED == 0) {
          acknowledge(id);
        }
      }
      case KEEPS_REFUSED -> {
        synchronized (acknowledged) {
          kept.add(new byte[KEPT_BYTES]);
        }
      }
    }
  }

  private void acknowledge(long id) {
    synchronized (acknowledged) {
      acknowledged.set((int) id);
    }
  }

  private long acknowledged() {
    synchronized (acknowledged) {
      return acknowledged.cardinality();
    }
  }

  private void check(Freshet database, String when) {
    BitSet there = new BitSet();
    database.scan(
        "writes",
        batch -> {
          for (int i = 0; i < batch.rowCount(); i++) {
            there.set((int) new Row(batch, i).longValue(0));
          }
        });
    BitSet lost = (BitSet) acknowledged.clone();
    lost.andNot(there);
    BitSet more = (BitSet) there.clone();
    more.andNot(acknowledged);
    if (!lost.isEmpty()) {
      Told.note("lost-" + when, lost.cardinality() + " acknowledged writes are lost");
    }
    if (!more.isEmpty()) {
      Told.note("more-" + when, more.cardinality() + " refused writes are there");
    }
    long counted = database.query("SELECT n FROM totals").single().longValue("n");
    if (counted != there.cardinality()) {
      Told.note("view-" + when, "the view counts " + counted + " of " + there.cardinality());
    }
  }
}
