package dev.freshet.bench.kill;

import dev.freshet.bench.numbered.Ending;
import dev.freshet.core.crash.CrashPoint;
import dev.freshet.demo.shop.ShopDatabase;
import dev.freshet.demo.shop.ShopSchema;
import dev.freshet.demo.shop.ShopWorkload;
import dev.freshet.demo.shop.WorkloadOptions;
import dev.freshet.demo.verify.Verification;
import dev.freshet.testing.files.WorkFolder;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A database, the state of one project on it, and kills of the process that runs it. One thread
 * owns it.
 */
public final class KillRun implements AutoCloseable {
  private static final long READY_SECONDS = 120;
  private static final long VERIFY_SECONDS = 600;
  private static final int START_KILL_PERCENT = 20;
  private static final int START_KILL_MILLIS_MAX = 2_500;
  private static final long POINT_MILLIS_MAX = 90_000;
  private static final long EDIT_MILLIS = 3_000;

  private final WorkFolder folder;
  private final Path state;
  private final ShopDatabase shop;
  private final Path example;
  private final int rate;
  private final Random random;
  private final Optional<ModelEdits> edits;
  private long workloadSeed;
  private boolean hasStarted;
  private final Map<String, Integer> reached = new LinkedHashMap<>();
  private long kills;
  private long compared;

  /** Whether the project's models change before each kill. */
  enum Models {
    FIXED,
    CHANGING
  }

  private KillRun(
      WorkFolder folder,
      Path state,
      ShopDatabase shop,
      Path example,
      Optional<ModelEdits> edits,
      int rate,
      long seed) {
    this.edits = edits;
    this.folder = folder;
    this.state = state;
    this.shop = shop;
    this.example = example;
    this.rate = rate;
    this.random = new Random(seed);
    this.workloadSeed = seed;
  }

  static KillRun start(Path example, int rate, Models models, long seed) {
    WorkFolder folder = WorkFolder.create("freshet-prove-kill-");
    return start(folder, folder.path().resolve("state"), example, models, rate, seed);
  }

  /**
   * @param folder for the database; deleted in the end
   * @param state the project's state folder, which may be somewhere else and is left then
   */
  public static KillRun start(WorkFolder folder, Path state, Path example, int rate, long seed) {
    return start(folder, state, example, Models.FIXED, rate, seed);
  }

  private static KillRun start(
      WorkFolder folder, Path state, Path example, Models models, int rate, long seed) {
    try {
      Optional<ModelEdits> edits =
          models == Models.CHANGING
              ? Optional.of(ModelEdits.of(example, folder.path().resolve("shop"), new Random(seed)))
              : Optional.empty();
      Path project = edits.map(ModelEdits::folder).orElse(example);
      ShopDatabase shop =
          ShopDatabase.start(
              folder.path().resolve("postgres"),
              PostgresOptions.fast(),
              ShopSchema.Size.small(),
              seed);
      return new KillRun(folder, state, shop, project, edits, rate, seed);
    } catch (IOException e) {
      folder.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  public ShopDatabase shop() {
    return shop;
  }

  /**
   * Kills a process once: two of three times at a named point, in turn; else at work or, but for
   * the first, now and then while it starts. Returns what was wrong, or an empty text.
   */
  String kill() throws Exception {
    long turn = kills++;
    if (turn % 3 != 0) {
      List<CrashPoint> points = points();
      return killAtPoint(points.get((int) ((turn - 1 - turn / 3) % points.size())));
    }
    boolean whileStarting = hasStarted && random.nextInt(100) < START_KILL_PERCENT;
    hasStarted = true;
    return whileStarting ? killWhileStarting() : killAtWork();
  }

  /** How often the process died at each named point, in the order of their first times. */
  Map<String, Integer> reached() {
    return reached;
  }

  /** How many processes have answered whether all is equal; the others died before. */
  long compared() {
    return compared;
  }

  /** Those that this process passes; the ones that a library's does not pass come first. */
  private List<CrashPoint> points() {
    List<CrashPoint> points = new ArrayList<>();
    points.add(CrashPoint.LAKE_WRITTEN);
    points.add(CrashPoint.LAKE_PUBLISHED);
    if (edits.isPresent()) {
      points.add(CrashPoint.MODELS_SWAPPED);
      points.add(CrashPoint.MODELS_STEPPED);
    }
    points.addAll(Ending.POINTS);
    points.remove(CrashPoint.LOG_FORGOTTEN); // the log of a minute's work has nothing to forget
    return points;
  }

  /** It may die before it is compared: then the next one is. */
  private String killAtPoint(CrashPoint point) throws Exception {
    reached.putIfAbsent(point.label(), 0);
    String option = point.option(1 + random.nextInt(passesMax(point)));
    try (Victim victim = start(List.of(), List.of(option))) {
      String failure = compareUnlessEnded(victim);
      if (!failure.isEmpty()) {
        return failure;
      }
      if (!victim.hasEnded()) {
        awaitPoint(victim);
      }
      if (!victim.hasEnded()) {
        return "the process never came to " + point.label() + ": " + victim.output();
      }
      failure = killed(victim);
      if (failure.isEmpty()) {
        reached.merge(point.label(), 1, Integer::sum);
      }
      return failure;
    }
  }

  /** As {@link #verify(Victim)}, of a process that may die before it is ready or has answered. */
  private String compareUnlessEnded(Victim victim) throws Exception {
    if (victim.awaitReady(READY_SECONDS)) {
      return wrong(answer(victim), victim.life(), victim.output());
    }
    return victim.hasEnded() ? "" : "the process did not start again: " + victim.output();
  }

  /**
   * What an answer says that is wrong; none is wrong only of a process that could have answered.
   */
  static String wrong(Victim.Answer answer, Victim.Life life, String output) {
    if (answer.isEqual() || (answer.equals(Victim.Answer.NONE) && life == Victim.Life.ENDED)) {
      return "";
    }
    return (answer.equals(Victim.Answer.NONE) ? "no answer" : answer.text()) + "\n" + output;
  }

  private Victim.Answer answer(Victim victim) throws Exception {
    Victim.Answer answer = victim.verify(position(), VERIFY_SECONDS);
    compared += answer.equals(Victim.Answer.NONE) ? 0 : 1;
    return answer;
  }

  private void awaitPoint(Victim victim) throws Exception {
    try (ShopWorkload workload = work()) {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(POINT_MILLIS_MAX);
      do {
        edit(victim);
      } while (!victim.awaitEnd(EDIT_MILLIS) && System.nanoTime() < end);
      workload.stop();
      workload.await();
    }
  }

  /** The process may end meanwhile. */
  private void edit(Victim victim) throws IOException {
    if (edits.isPresent()) {
      edits.get().edit();
      try {
        victim.apply();
      } catch (IOException e) {
        if (!victim.hasEnded()) {
          throw e;
        }
      }
    }
  }

  private static int passesMax(CrashPoint point) {
    return switch (point) {
      case LOG_WRITTEN, LOG_SYNCED, STEP_MADE -> 60;
      case LAKE_WRITTEN, LAKE_PUBLISHED -> 4;
      case CHECKPOINT_WRITTEN, CHECKPOINT_PUBLISHED -> 2;
      case MODELS_SWAPPED, MODELS_STEPPED -> 1;
      case LOG_FORGOTTEN, INGEST_DURABLE, FILES_BATCH, SINK_UNCOMMITTED, SINK_TAKEN ->
          throw new IllegalArgumentException("the shop never comes to " + point.label());
    };
  }

  private String killWhileStarting() throws Exception {
    try (Victim victim = start()) {
      TimeUnit.MILLISECONDS.sleep(random.nextInt(START_KILL_MILLIS_MAX));
      return killed(victim);
    }
  }

  /** Compares what the kill before left, then works on under load and is killed. */
  private String killAtWork() throws Exception {
    try (Victim victim = start()) {
      String failure = verify(victim);
      if (!failure.isEmpty()) {
        return failure;
      }
      try (ShopWorkload workload = work()) {
        if (edits.isPresent()) {
          TimeUnit.MILLISECONDS.sleep(random.nextInt(500));
          edits.get().edit();
          victim.apply();
        }
        TimeUnit.MILLISECONDS.sleep(200 + random.nextInt(1_500));
        failure = killed(victim);
        workload.stop();
        workload.await();
      }
      return failure;
    }
  }

  public ShopWorkload work() throws SQLException {
    return ShopWorkload.start(
        shop, WorkloadOptions.shop(workloadSeed++, rate, Duration.ofHours(1)));
  }

  /**
   * Kills a process; returns what was wrong, or an empty text. One that has ended by itself was not
   * killed: that proves nothing.
   */
  public static String killed(Victim victim) throws InterruptedException {
    return victim.kill() ? "" : "the process ended by itself: " + victim.output();
  }

  /** Starts once more and compares; returns what differs, or an empty text. */
  public String verify() throws Exception {
    try (Victim victim = start()) {
      return verify(victim);
    }
  }

  /** Waits for a process that has just started, and compares; empty when all is equal. */
  public String verify(Victim victim) throws Exception {
    if (!victim.awaitReady(READY_SECONDS)) {
      return "the process did not start again: " + victim.output();
    }
    return compare(victim);
  }

  /** Compares a running process; empty when all is equal. */
  public String compare(Victim victim) throws Exception {
    return wrong(answer(victim), Victim.Life.RUNNING, victim.output());
  }

  /** Where the running process listens. */
  public String address() throws IOException {
    return Files.readString(state.resolve("server.address")).strip();
  }

  /** Waits until nothing is wrong any more; {@code false} when the time ran out. */
  public boolean awaitHealthy(Victim victim, long seconds) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!victim.problems().isEmpty()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return true;
  }

  public Victim start() throws Exception {
    return start(List.of());
  }

  /**
   * @param tracer the command that starts and watches the process
   */
  public Victim start(List<String> tracer) throws Exception {
    return start(tracer, List.of());
  }

  private Victim start(List<String> tracer, List<String> jvmOptions) throws Exception {
    return Victim.start(tracer, jvmOptions, example, shop.url(), state);
  }

  private long position() throws SQLException {
    try (Connection connection = shop.open()) {
      return Verification.position(connection);
    }
  }

  @Override
  public void close() {
    shop.close();
    folder.close();
  }
}
