package dev.freshet.bench.simulate;

import dev.freshet.bench.harness.QuietWarnings;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.ErrorFamily;
import dev.freshet.core.error.FreshetException;
import dev.freshet.database.checkpoint.CheckpointSettings;
import dev.freshet.database.step.PipelineSettings;
import dev.freshet.engine.workers.WorkerSettings;
import dev.freshet.lake.LakeOptions;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.log.embedded.RetentionPolicy;
import dev.freshet.runtime.dataflow.DataflowSettings;
import dev.freshet.runtime.sink.SinkFeeds;
import dev.freshet.testing.property.Draws;
import dev.freshet.testing.simulation.PowerCut;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedScheduler;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One seed's history of the whole step transaction: several lives of the system on one simulated
 * disk, each ended by a clean stop, a kill or a power cut, with failing calls in between. Claims,
 * checked after every recovery and at the end of every life:
 *
 * <ul>
 *   <li>each table and model in the engine is what the complete transactions below its step give
 *   <li>so is each of the lake's tables at the lake's step; its histories hold each change once
 *   <li>what a sink's receiver holds is its model at the step that it has, whatever it refuses,
 *       answers late, or takes without an answer
 *   <li>what was acknowledged to the source, shown by the lake or declared durable by the log is
 *       never lost, and no transaction is there twice
 *   <li>a full or failing disk ends no checkpoints: they are written once it works again
 *   <li>after a failed commit of the log nothing is acknowledged
 *   <li>nothing fails but by the faults of the disk, and a sound disk is never called damaged
 * </ul>
 */
final class Simulation {
  private static final int OPEN_ATTEMPTS_WITH_FAULTS = 6;
  private static final int STEPS_AFTER_A_FAILURE = 20;
  private static final int STEPS_AFTER_A_FULL_DISK = 200;
  private static final int STEPS_MAX = 500_000;
  private static final double LONG_SHARE = 0.06;
  private static final double WHOLE_SHARE = 0.05;
  private static final double SINK_SHARE = 0.5;

  /** Of them a beat takes many transactions, as under load; of the others about one. */
  private static final double DENSE_SHARE = 0.85;

  /** How fast it all goes; a project's publishes are a second apart, unless it says otherwise. */
  private static final List<Integer> BEAT_MILLIS = List.of(10, 100, 1_000, 1_000);

  /** Of them the lake is published so rarely that checkpoints and kills are far ahead of it. */
  private static final double RARE_SHARE = 0.4;

  private static final int BEATS_A_RARE_PUBLISH = 20;

  private final Draws draws;
  private final PlantedBug bug;
  private final SimulatedClock clock = new SimulatedClock();
  private final Trace trace = new Trace();
  private final SimulatedStorage storage;
  private final SimulatedScheduler scheduler;
  private final SimulatedDatabase database;
  private final Adversity adversity;
  private final LogModel model = new LogModel();
  private final StateCheck check;
  private final LogSettings logSettings;
  private final DataflowSettings settings;

  /** The source's feed stops before the disk is full; 0 lets the log meet the full disk. */
  private final long reservedBytes;

  private final Shop shop;
  private final int livesMax;
  private final long pauseNanosMax;
  private final Optional<SimulatedSink> sink;
  private @Nullable Process process;
  private long acknowledged;
  private long durable;
  private long published;
  private int lives;
  private int faults;

  Simulation(long seed, PlantedBug bug) {
    this.draws = new Draws(~seed);
    this.bug = bug;
    QuietWarnings.apply();
    storage = new SimulatedStorage(clock, trace, seed);
    storage.syncs(
        bug == PlantedBug.DISK_LIES ? SimulatedStorage.Syncs.LIE : SimulatedStorage.Syncs.WORK);
    adversity = new Adversity(draws, storage, clock);
    scheduler = new SimulatedScheduler(clock, trace, seed);
    boolean isLong = draws.chance(LONG_SHARE); // most are short: more seeds see more plans
    boolean isDense = draws.chance(DENSE_SHARE);
    livesMax = isLong ? draws.between(3, 8) : draws.between(2, 4);
    int transactions = draws.between(isLong ? 20 : 5, isLong ? 120 : isDense ? 30 : 15);
    shop = draws.chance(WHOLE_SHARE) ? Shop.WHOLE : Shop.part(draws);
    database = new SimulatedDatabase(draws.between(0, Long.MAX_VALUE - 1), shop, transactions);
    sink = sink(seed);
    check = new StateCheck(model, shop, database, storage);
    logSettings =
        LogSettings.DEFAULT
            .withSegmentBytes(draws.pick(List.of(2_000, 20_000, 1_000_000)))
            .withBatchBytes(draws.pick(List.of(200, 5_000, 1 << 20)))
            .withWaitingBytesMax(draws.pick(List.of(1_000, 100_000)))
            .withReadBlockBytes(draws.pick(List.of(500, 1 << 16)))
            .withRetention(RetentionPolicy.NOTHING);
    int beatMillis = draws.pick(BEAT_MILLIS);
    long beatNanos = beatMillis * 1_000_000L;
    int publishMillis = draws.chance(RARE_SHARE) ? BEATS_A_RARE_PUBLISH * beatMillis : beatMillis;
    pauseNanosMax =
        isDense
            ? beatNanos / draws.pick(List.of(1, 2, 5, 10))
            : beatNanos * draws.pick(List.of(1, 2, 5));
    settings =
        new DataflowSettings(
            new PipelineSettings(draws.pick(List.of(1, 10, 50, 50_000)), Duration.ofMillis(250)),
            new LakeOptions(draws.between(2, 10), draws.between(2, 8), 1_000),
            Duration.ofMillis(publishMillis),
            new CheckpointSettings(
                Duration.ofMillis(beatMillis * draws.pick(List.of(1L, 2L, 5L))),
                draws.between(1, 3)),
            Long.MAX_VALUE,
            new WorkerSettings(draws.pick(List.of(1, 2, 3)), 2));
    reservedBytes = draws.pick(List.of(0L, 30_000L, 200_000L));
  }

  private Optional<SimulatedSink> sink(long seed) {
    Draws ofSink = new Draws(seed * 31 + 7);
    if (bug == PlantedBug.REPLAY_SKIPPED) {
      return Optional.empty(); // it is opened without outputs
    }
    return bug == PlantedBug.SINK_MISSES_DELETE || ofSink.chance(SINK_SHARE)
        ? Optional.of(SimulatedSink.of(shop, ofSink, clock, trace, adversity::count))
        : Optional.empty();
  }

  /**
   * Runs to the end of the workload.
   *
   * @throws Violation when a claim does not hold
   */
  Outcome run() {
    for (int i = 0; i < livesMax; i++) {
      open();
      live();
      end();
      adversity.damageCheckpoint();
    }
    open();
    runToTheEnd();
    return new Outcome(
        trace.hash(),
        trace.count(),
        clock.nanos(),
        database.transactionsMax(),
        lives,
        faults,
        adversity.counts());
  }

  private Process process() {
    return Objects.requireNonNull(process);
  }

  /** Starts, again and again while the disk fails. */
  private void open() {
    for (int attempt = 0; process == null; attempt++) {
      if (attempt == OPEN_ATTEMPTS_WITH_FAULTS) {
        adversity.heal();
      } else {
        adversity.planForRecovery();
      }
      long failedReads = adversity.failedReads();
      try {
        process =
            Process.open(
                storage,
                clock,
                scheduler,
                logSettings,
                shop,
                settings,
                this::freeBytes,
                bug,
                new SinkFeeds(sink.map(each -> each.feed(storage, clock)).stream().toList()),
                this::source);
      } catch (RuntimeException | PowerCut e) {
        requireFault(e);
        adversity.count(Hardship.CRASH_IN_RECOVERY);
        if (adversity.failedReads() > failedReads) {
          adversity.count(Hardship.READ_FAILED_IN_RECOVERY);
        }
        crash();
      }
    }
    adversity.heal();
    if (!process().dataflow().engine().damages().isEmpty()) {
      adversity.count(Hardship.CHECKPOINT_DAMAGED);
    }
    lives++;
    checkRecovered();
  }

  private long freeBytes() {
    return reservedBytes == 0 || storage.freeBytes() > reservedBytes ? Long.MAX_VALUE : 0;
  }

  private SimulatedSource source(EmbeddedLog log) {
    return new SimulatedSource(database, model, log, draws, pauseNanosMax, bug, this::acknowledge);
  }

  private void acknowledge(long transaction) {
    Violation.unless(
        !process().hasFailedCommit(),
        "transaction " + transaction + " was acknowledged after a commit of the log had failed");
    acknowledged = Math.max(acknowledged, transaction);
    trace.add("acknowledged", transaction);
  }

  private void checkRecovered() {
    long end = process().log().endOffset();
    Violation.unless(
        end >= durable, "the log holds " + end + " records, " + durable + " were durable");
    model.truncate(end);
    model.checkTransactions();
    long last = model.lastTransactionBelow(end);
    Violation.unless(
        last >= acknowledged,
        "transaction " + acknowledged + " was acknowledged, the log ends with " + last);
    long resumed = SimulatedSource.position(process().feed().resume(List.of()));
    Violation.unless(
        resumed == last, "the source resumes behind " + resumed + ", the log ends with " + last);
    acknowledged = last; // the source is told where it resumes, and may forget what is before
    long lakeStep = process().dataflow().lake().publishedStep();
    Violation.unless(
        lakeStep >= published, "the lake fell back from step " + published + " to " + lakeStep);
    checkStates();
    Violation.unless(
        process().dataflow().engine().step() >= lakeStep, "the engine is behind the lake");
  }

  private void checkStates() {
    check.checkEngine(process().dataflow().engine().snapshot());
    check.checkLake();
    sink.ifPresent(check::checkReceiver);
  }

  /** Runs for a while under faults; a failed task ends the life soon. */
  private void live() {
    adversity.planForLife();
    try {
      process().start(scheduler);
      runForAWhile();
    } catch (RuntimeException | PowerCut e) {
      requireFault(e);
    }
    if (process().failure() != null || storage.isPowerCut()) {
      faults++;
    }
    if (!storage.isPowerCut()) {
      adversity.heal();
      model.checkTransactions();
      checkStates();
    }
  }

  private void runForAWhile() {
    int steps = draws.between(20, draws.pick(List.of(80, 200, 800)));
    long publishedWhenFull = Long.MAX_VALUE;
    for (int left = steps; left > 0 && !storage.isPowerCut() && scheduler.step(); left--) {
      observe();
      Throwable failure = process().failure();
      if (failure != null) {
        requireFault(failure);
        left = Math.min(left, STEPS_AFTER_A_FAILURE);
      }
      if (adversity.passStep() && failure == null) {
        publishedWhenFull = published;
        left += STEPS_AFTER_A_FULL_DISK;
      }
      if (failure == null && published > publishedWhenFull) {
        adversity.count(Hardship.DISK_FULL_SURVIVED);
        publishedWhenFull = Long.MAX_VALUE;
      }
    }
  }

  private void observe() {
    Throwable unsaved = process().checkpointFailure();
    if (unsaved != null && !(unsaved instanceof PowerCut)) {
      throw new Violation("a fault of the disk ended the checkpoints: " + unsaved, unsaved);
    }
    durable = Math.max(durable, process().log().durableOffset());
    published = Math.max(published, process().dataflow().lake().publishedStep());
  }

  private void end() {
    if (draws.chance(0.2) && process().failure() == null && !storage.isPowerCut()) {
      try {
        process().close();
        scheduler.kill();
        observe();
        process = null;
        adversity.count(Hardship.STOPPED);
        return;
      } catch (InterruptedException | RuntimeException e) {
        requireFault(e);
      }
    }
    var flow = process().dataflow();
    if (flow.lake().publishedStep() > flow.checkpoints().lastStep()) {
      adversity.count(Hardship.CRASH_AHEAD_OF_CHECKPOINT);
    }
    crash();
  }

  private void crash() {
    process = null;
    scheduler.kill();
    if (!storage.isPowerCut() && draws.chance(0.3)) {
      storage.kill();
      adversity.count(Hardship.PROCESS_KILLED);
    } else {
      adversity.countPowerCut();
      storage.crash(draws.random());
    }
  }

  private void runToTheEnd() {
    sink.ifPresent(each -> each.receiver().heal());
    process().start(scheduler);
    try {
      scheduler.runUntil(this::isDone, STEPS_MAX);
    } catch (AssertionError e) {
      throw new Violation(
          "the workload does not come to its end: acknowledged "
              + acknowledged
              + " of "
              + database.transactionsMax()
              + "; "
              + e.getMessage(),
          e);
    }
    observe();
    model.checkTransactions();
    checkStates();
    sink.ifPresent(each -> check.checkReceiver(each, process().dataflow().engine().step()));
    long last = model.lastTransactionBelow(process().dataflow().engine().step());
    Violation.unless(
        last == database.transactionsMax(), "the engine ended with transaction " + last);
  }

  private boolean isDone() {
    Throwable failure = process().failure();
    if (failure != null) {
      throw new Violation("a task failed on a sound disk: " + failure, failure);
    }
    long step = process().dataflow().engine().step();
    return acknowledged == database.transactionsMax()
        && step == process().log().endOffset()
        && process().dataflow().lake().publishedStep() == step
        && process().sinks().all().stream().allMatch(each -> each.deliveredStep() == step);
  }

  /** Only the disk's faults may make anything fail, and none of them damages what is durable. */
  private void requireFault(Throwable failure) {
    if (failure instanceof PowerCut) {
      return;
    }
    boolean isFault =
        failure instanceof FreshetException e
            && e.code().family() == ErrorFamily.ENVIRONMENT
            && e.code() != ErrorCode.STORAGE_DAMAGED
            && e.code() != ErrorCode.FORMAT_UNKNOWN;
    if (!isFault) {
      throw new Violation("failed otherwise than by a fault of the disk: " + failure, failure);
    }
  }
}
