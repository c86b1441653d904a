package dev.freshet.log.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Scheduler;
import dev.freshet.log.LogContract;
import dev.freshet.log.LogReader;
import dev.freshet.log.LogRecord;
import dev.freshet.testing.property.Draws;
import dev.freshet.testing.simulation.Fault;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedScheduler;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One life of a log: applies actions to it and to a model, and compares. Claims: an acknowledged
 * record is there, in order, exactly once; what was not acknowledged may be there only as the
 * continuation; nothing else is; positions follow from the records; a sound disk is never called
 * damaged.
 */
final class LogSimulation {
  private static final List<String> SOURCES = List.of("shop", "crm", "büro");
  private static final int OPEN_ATTEMPTS_MAX = 50;

  private final Draws draws;
  private final SimulatedClock clock = new SimulatedClock();
  private final Trace trace = new Trace();
  private final SimulatedStorage storage;
  private final SimulatedScheduler scheduler;
  private final LogSettings settings;

  private @Nullable EmbeddedLog log;
  private Scheduler.@Nullable Handle commits;

  /** All records that may be in the log, by offset. */
  private final List<Expected> model = new ArrayList<>();

  private long acknowledged;
  private long retainedFrom;
  private int written;

  private record Expected(String source, ChangeSet.Part part, String text) {}

  /** What happens next. */
  sealed interface Action {
    record Append(int count, int bytesMax) implements Action {}

    record Flush() implements Action {}

    record Run(int steps) implements Action {}

    record Read() implements Action {}

    record Retain() implements Action {}

    record CloseAndOpen() implements Action {}

    record Kill() implements Action {}

    record PowerCut() implements Action {}

    record FailCall(int n, Fault fault) implements Action {}

    record FailRandomly(double chance) implements Action {}

    static List<Action> draw(Draws draws) {
      return draws.list(5, 60, Action::drawOne);
    }

    private static Action drawOne(Draws draws) {
      return switch (draws.weighted(30, 15, 15, 8, 3, 4, 4, 8, 8, 3)) {
        case 0 -> new Append(draws.between(1, 20), draws.pick(List.of(10, 600, 5_000)));
        case 1 -> new Flush();
        case 2 -> new Run(draws.between(1, 10));
        case 3 -> new Read();
        case 4 -> new Retain();
        case 5 -> new CloseAndOpen();
        case 6 -> new Kill();
        case 7 -> new PowerCut();
        case 8 -> new FailCall(draws.between(1, 12), draws.pick(List.of(Fault.values())));
        default -> new FailRandomly(draws.pick(List.of(0.0, 0.02, 0.2)));
      };
    }
  }

  LogSimulation(long seed, SimulatedStorage.Syncs syncs) {
    draws = new Draws(~seed);
    storage = new SimulatedStorage(clock, trace, seed);
    storage.syncs(syncs);
    scheduler = new SimulatedScheduler(clock, trace, seed);
    settings =
        LogSettings.DEFAULT
            .withSegmentBytes(draws.pick(List.of(500, 5_000, 1_000_000)))
            .withBatchBytes(draws.pick(List.of(60, 1_000, 1 << 20)))
            .withWaitingBytesMax(draws.pick(List.of(300, 20_000)))
            .withReadBlockBytes(draws.pick(List.of(64, 777, 1 << 16)))
            .withRetention(RetentionPolicy.NOTHING);
  }

  /** Runs the actions, ends with a power cut, and returns the trace's hash. */
  long run(List<Action> actions) {
    reopen();
    for (Action action : actions) {
      act(action);
    }
    act(new Action.PowerCut());
    storage.failRandomly(0);
    checkContent();
    return trace.hash();
  }

  private void act(Action action) {
    switch (action) {
      case Action.Append append -> guarded(() -> append(append));
      case Action.Flush _ -> guarded(this::flush);
      case Action.Run run -> run(run.steps());
      case Action.Read _ -> guardedRead();
      case Action.Retain _ -> guarded(this::retain);
      case Action.CloseAndOpen _ -> closeAndOpen();
      case Action.Kill _ -> {
        storage.kill();
        reopen();
      }
      case Action.PowerCut _ -> {
        storage.crash(draws.random());
        reopen();
      }
      case Action.FailCall fail -> storage.failCall(fail.n(), fail.fault());
      case Action.FailRandomly fail -> storage.failRandomly(fail.chance());
    }
  }

  private EmbeddedLog log() {
    EmbeddedLog opened = log;
    assertThat(opened).isNotNull();
    return opened;
  }

  private void append(Action.Append append) {
    for (int i = 0; i < append.count(); i++) {
      ChangeSet.Part part =
          draws.chance(0.7)
              ? ChangeSet.Part.LAST
              : draws.pick(List.of(ChangeSet.Part.MORE, ChangeSet.Part.RESTART));
      String text = "#" + written++ + " " + "x".repeat(draws.small(append.bytesMax()));
      Expected expected = new Expected(draws.pick(SOURCES), part, text);
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      byte[] position = bytes.length > 40 ? new byte[] {7} : bytes;
      long offset =
          log()
              .append(
                  new LogRecord(
                      expected.source(), position, part, written, 1, bytes, 0, bytes.length));
      assertThat(offset).isEqualTo(model.size());
      model.add(expected);
      observe();
    }
  }

  private void flush() {
    log().flush();
    assertThat(log().durableOffset()).isEqualTo(model.size());
    observe();
  }

  private void observe() {
    long durable = log().durableOffset();
    assertThat(durable).isBetween(acknowledged, (long) model.size());
    acknowledged = durable;
  }

  private void retain() {
    retainedFrom = Math.max(retainedFrom, draws.between(0L, acknowledged));
    log().retain(retainedFrom);
  }

  private void run(int steps) {
    scheduler.run(steps);
    observe();
    Throwable failure = commits == null ? null : commits.failure();
    if (failure != null) {
      fail((FreshetException) failure);
    }
  }

  private void guardedRead() {
    try {
      checkContent();
    } catch (FreshetException e) {
      assertEnvironmental(e); // a failed read harms nobody
    }
  }

  private void guarded(Runnable action) {
    try {
      action.run();
    } catch (FreshetException e) {
      fail(e);
    }
  }

  /**
   * A log whose commit failed, but for a full disk, acknowledges nothing more, and works again once
   * re-opened.
   */
  private void fail(FreshetException e) {
    assertEnvironmental(e);
    observe();
    try {
      log().flush();
      observe();
      return; // it was no commit that failed
    } catch (FreshetException again) {
      assertEnvironmental(again);
      if (!log().diskFull().isEmpty()) {
        return; // what waits goes on waiting
      }
    }
    observe();
    assertThatThrownBy(() -> log().flush()).satisfies(LogContract.code(ErrorCode.STORAGE_FAILED));
    assertThatThrownBy(() -> log().append(anyRecord()))
        .satisfies(LogContract.code(ErrorCode.STORAGE_FAILED));
    assertThat(log().durableOffset()).isEqualTo(acknowledged);
    closeAndOpen();
  }

  private static void assertEnvironmental(FreshetException e) {
    assertThat(e.code()).as("%s", e).isIn(ErrorCode.STORAGE_FAILED, ErrorCode.DISK_FULL);
  }

  private LogRecord anyRecord() {
    return new LogRecord("shop", new byte[0], ChangeSet.Part.MORE, 0, 0, new byte[0], 0, 0);
  }

  private void closeAndOpen() {
    try {
      log().close();
    } catch (FreshetException e) {
      assertEnvironmental(e);
    }
    observe();
    reopen();
  }

  private void reopen() {
    scheduler.kill();
    log = null;
    for (int attempt = 1; log == null; attempt++) {
      try {
        log = EmbeddedLog.open(storage, "data/log", clock, settings);
      } catch (FreshetException e) {
        assertEnvironmental(e);
        if (attempt == OPEN_ATTEMPTS_MAX) {
          storage.failRandomly(0);
        }
        if (draws.chance(0.3)) {
          storage.crash(draws.random());
        }
      }
    }
    long end = log.endOffset();
    assertThat(end).as("records after recovery").isBetween(acknowledged, (long) model.size());
    assertThat(log.durableOffset()).isEqualTo(end);
    assertThat(log.startOffset()).isBetween(0L, Math.max(0, retainedFrom));
    model.subList((int) end, model.size()).clear();
    acknowledged = end;
    guardedRead();
    commits = log.startCommits(scheduler);
  }

  private void checkContent() {
    long offset = draws.between(log().startOffset(), log().durableOffset());
    if (draws.chance(0.5)) {
      offset = log().startOffset();
    }
    try (LogReader reader = log().read(offset)) {
      while (reader.next()) {
        Expected expected = model.get((int) offset);
        assertThat(reader.offset()).isEqualTo(offset);
        assertThat(
                new String(reader.bytes(), reader.start(), reader.length(), StandardCharsets.UTF_8))
            .isEqualTo(expected.text());
        assertThat(reader.source()).isEqualTo(expected.source());
        assertThat(reader.part()).isEqualTo(expected.part());
        offset++;
      }
    }
    assertThat(offset).isEqualTo(log().durableOffset());
    for (String source : SOURCES) {
      checkPosition(source);
    }
  }

  private void checkPosition(String source) {
    Optional<Long> found = log().lastPosition(source).map(p -> p.offset());
    Optional<Long> expected = Optional.empty();
    for (int i = 0; i < log().durableOffset(); i++) {
      Expected record = model.get(i);
      if (record.source().equals(source) && record.part() == ChangeSet.Part.LAST) {
        expected = Optional.of((long) i);
      }
    }
    assertThat(found).as("last position of %s", source).isEqualTo(expected);
  }
}
