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
import java.net.URI;
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
import java.util.concurrent.Callable;
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
  private static final long ENDING_MILLIS = 10_000;

  private final WorkFolder folder;
  private final Path state;
  private final ShopDatabase shop;
  private final Path example;
  private final int rate;
  private final Victim.Compiler compiler;
  private final Random random;
  private final Optional<ModelEdits> edits;
  private final Optional<Inlets> inlets;
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
      Optional<Inlets> inlets,
      int rate,
      Victim.Compiler compiler,
      long seed) {
    this.edits = edits;
    this.inlets = inlets;
    this.folder = folder;
    this.state = state;
    this.shop = shop;
    this.example = example;
    this.rate = rate;
    this.compiler = compiler;
    this.random = new Random(seed);
    this.workloadSeed = seed;
  }

  /** Of a copy of the shop, that has {@link Inlets} too. */
  static KillRun start(Path example, int rate, Models models, long seed)
      throws IOException, SQLException {
    WorkFolder folder = WorkFolder.create("freshet-prove-kill-");
    try {
      ShopDatabase shop = shop(folder, seed);
      try {
        Path project = folder.path().resolve("shop");
        ShopCopy.make(example, project);
        return new KillRun(
            folder,
            folder.path().resolve("state"),
            shop,
            project,
            models == Models.CHANGING
                ? Optional.of(ModelEdits.of(project, new Random(seed)))
                : Optional.empty(),
            Optional.of(Inlets.add(project, shop, shop.url())),
            rate,
            Victim.Compiler.QUICK,
            seed);
      } catch (IOException | SQLException | RuntimeException e) {
        shop.close();
        throw e;
      }
    } catch (IOException | SQLException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /**
   * @param folder for the database; deleted in the end
   * @param state the project's state folder, which may be somewhere else and is left then
   */
  public static KillRun start(WorkFolder folder, Path state, Path example, int rate, long seed) {
    return start(folder, state, example, rate, Victim.Compiler.QUICK, seed);
  }

  /** As above. */
  public static KillRun start(
      WorkFolder folder, Path state, Path example, int rate, Victim.Compiler compiler, long seed) {
    try {
      return new KillRun(
          folder,
          state,
          shop(folder, seed),
          example,
          Optional.empty(),
          Optional.empty(),
          rate,
          compiler,
          seed);
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  private static ShopDatabase shop(WorkFolder folder, long seed) {
    return ShopDatabase.start(
        folder.path().resolve("postgres"), PostgresOptions.fast(), ShopSchema.Size.small(), seed);
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
    if (inlets.isPresent()) {
      points.add(CrashPoint.INGEST_DURABLE);
      points.add(CrashPoint.FILES_BATCH);
      points.add(CrashPoint.SINK_UNCOMMITTED);
      points.add(CrashPoint.SINK_TAKEN);
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
        failure = awaitPoint(victim);
      }
      if (!failure.isEmpty()) {
        return failure;
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
    if (inlets.isPresent()) {
      try {
        inlets.get().settle(URI.create(address()));
      } catch (IOException e) {
        victim.awaitEnd(ENDING_MILLIS);
        return victim.hasEnded() ? Victim.Answer.NONE : new Victim.Answer(e.toString());
      }
    }
    Victim.Answer answer = victim.verify(position(), VERIFY_SECONDS);
    compared += answer.equals(Victim.Answer.NONE) ? 0 : 1;
    String twice = inlets.isPresent() ? inlets.get().writtenTwice() : "";
    return twice.isEmpty() ? answer : new Victim.Answer(twice);
  }

  /**
   * Does something while the victim has all its load.
   *
   * @param work returns what was wrong, or an empty text
   * @return what was wrong with the load, or the same
   */
  private String underLoad(Callable<String> work) throws Exception {
    String wrong;
    Optional<Inlets.Load> rows = Optional.empty();
    try (ShopWorkload workload = work()) {
      if (inlets.isPresent()) {
        rows = Optional.of(inlets.get().load(URI.create(address())));
      }
      wrong = work.call();
      workload.stop();
      workload.await();
    } finally {
      if (rows.isPresent()) {
        rows.get().end();
      }
    }
    String ofLoad = rows.map(Inlets.Load::wrong).orElse("");
    return ofLoad.isEmpty() ? wrong : ofLoad;
  }

  private String awaitPoint(Victim victim) throws Exception {
    return underLoad(() -> {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(POINT_MILLIS_MAX);
      do {
        edit(victim);
      } while (!victim.awaitEnd(EDIT_MILLIS) && System.nanoTime() < end);
      return "";
    });
  }

  /** The process may end meanwhile. */
  private void edit(Victim victim) throws IOException, InterruptedException {
    if (edits.isPresent()) {
      edits.get().edit();
      try {
        victim.apply();
      } catch (IOException e) {
        if (!victim.awaitEnd(ENDING_MILLIS)) { // its pipe breaks a moment before it has ended
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
      case INGEST_DURABLE, SINK_UNCOMMITTED, SINK_TAKEN -> 40;
      case FILES_BATCH -> 4;
      case LOG_FORGOTTEN ->
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
      return underLoad(() -> {
        if (edits.isPresent()) {
          TimeUnit.MILLISECONDS.sleep(random.nextInt(500));
          edits.get().edit();
          victim.apply();
        }
        TimeUnit.MILLISECONDS.sleep(200 + random.nextInt(1_500));
        return killed(victim);
      });
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
    List<String> options = new ArrayList<>(jvmOptions);
    options.add(compiler.option());
    return Victim.start(tracer, options, example, shop.url(), state);
  }

  private long position() throws SQLException {
    try (Connection connection = shop.open()) {
      return Verification.position(connection);
    }
  }

  @Override
  public void close() {
    inlets.ifPresent(Inlets::close);
    shop.close();
    folder.close();
  }
}
