package dev.freshet.sourcetest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/**
 * What every source does, whatever its origin: each row is delivered, and once, also when the
 * process dies between any two change sets, or the log has no room for a while.
 */
@Timeout(180)
public abstract class SourceContract {
  @TempDir private Path folder;
  private final Scheduler scheduler = Scheduler.threads();
  private SourceFixture fixture;
  private int states;

  /** For a test class with tests of its own. */
  protected SourceContract() {}

  /**
   * The origin, with a few batches of rows.
   *
   * @param directory for what it needs
   */
  protected abstract SourceFixture fixture(Path directory) throws IOException;

  @BeforeEach
  final void makeFixture() throws IOException {
    fixture = fixture(Files.createDirectories(folder.resolve("origin")));
  }

  @AfterEach
  final void closeFixture() {
    fixture.close();
  }

  private Storage newState() throws IOException {
    return new LocalStorage(Files.createDirectories(folder.resolve("state" + states++)));
  }

  private Capture start(Source source, RecordingLog log) {
    Resume resume = log.resume(source);
    Capture capture = source.start(scheduler, Clock.system(), resume, log);
    log.follows(capture);
    return capture;
  }

  private boolean isComplete(RecordingLog log) {
    return log.content().equals(fixture.content()) && log.refused().size() == fixture.refused();
  }

  /** A log with all rows, and its source stopped. */
  private RecordingLog completeLog(Storage state) {
    RecordingLog log = new RecordingLog();
    try (Capture capture = start(fixture.source(state), log)) {
      fixture.provide(capture);
      log.await(() -> isComplete(log));
    }
    return log;
  }

  @Test
  void checksBeforeTheStart() throws IOException {
    Source source = fixture.source(newState());

    assertThat(source.check(Resume.FROM_NOTHING).problems()).isEmpty();
    assertThat(source.check(Resume.FROM_NOTHING).tables()).isNotEmpty();
  }

  @Test
  void deliversEachRowOnce() throws IOException {
    RecordingLog log = completeLog(newState());

    assertThat(log.size()).as("change sets, to be killed between").isGreaterThan(3);
    assertThat(log.content()).isEqualTo(fixture.content());
    Set<String> positions = new HashSet<>();
    for (ChangeSet changes : log.all()) {
      assertThat(changes.source()).isEqualTo(fixture.source(newState()).name());
      assertThat(changes.part()).as("nothing was begun anew").isNotEqualTo(ChangeSet.Part.RESTART);
      assertThat(positions.add(Arrays.toString(changes.position())))
          .as("a position of its own")
          .isTrue();
    }
    assertThat(log.all().getLast().part()).isEqualTo(ChangeSet.Part.LAST);
  }

  @Test
  void goesOnAfterAKillBetweenAnyTwoChangeSets() throws IOException {
    RecordingLog whole = completeLog(newState());

    for (int kept = 0; kept <= whole.size(); kept++) {
      RecordingLog log = RecordingLog.ofFirst(whole, kept);
      try (Capture capture = start(fixture.source(newState()), log)) {
        fixture.provide(capture);
        log.await(() -> isComplete(log));
      }
      assertThat(log.content())
          .as("killed behind change set %d", kept)
          .isEqualTo(fixture.content());
    }
  }

  @Test
  void deliversOnlyWhatIsNewAfterARestart() throws IOException {
    Storage state = newState();
    RecordingLog log = completeLog(state);

    fixture.prepareMore();
    try (Capture capture = start(fixture.source(state), log)) {
      fixture.provideMore(capture);
      log.await(() -> log.content().equals(fixture.moreContent()));
    }
    assertThat(log.content()).isEqualTo(fixture.moreContent());
    assertThat(log.refused()).hasSize(fixture.refused());
  }

  @Test
  void forgetsNothingWhenItsLogLostItsEnd() throws IOException {
    Storage state = newState();
    RecordingLog whole = completeLog(state);

    RecordingLog log = RecordingLog.ofFirst(whole, whole.size() - 2);
    try (Capture capture = start(fixture.source(state), log)) {
      fixture.provide(capture);
      log.await(() -> isComplete(log));
    }
    assertThat(log.content()).isEqualTo(fixture.content());
  }

  @Test
  void losesNothingWhileTheLogHasNoRoom() throws IOException {
    RecordingLog log = new RecordingLog();
    log.full(true);
    try (Capture capture = start(fixture.source(newState()), log)) {
      switch (fixture.whenFull()) {
        case WAITS -> {
          fixture.provide(capture);
          log.await(() -> log.turnedAway() > 0);
          log.full(false);
          capture.wake();
        }
        case REFUSES -> {
          assertThatThrownBy(() -> fixture.provide(capture))
              .asInstanceOf(type(FreshetException.class))
              .extracting(FreshetException::code)
              .isEqualTo(ErrorCode.OVERLOADED);
          assertThat(log.turnedAway()).isPositive();
          log.full(false);
          fixture.provide(capture);
        }
      }
      log.await(() -> isComplete(log));
    }
  }

  private static <T> T claimed(SourceFixture.Claim<T> claim) {
    return switch (claim) {
      case SourceFixture.Claim.Made<T>(T of) -> of;
      case SourceFixture.Claim.NotMade<T>(String why) -> {
        assertThat(why).as("why the source does not do that").isNotBlank();
        throw new TestAbortedException(why);
      }
    };
  }

  @Test
  void deliversTheChangesOfARowInTheirOrder() throws IOException {
    SourceFixture.RowHistory row = claimed(fixture.rowHistory());
    Storage state = newState();
    RecordingLog log = completeLog(state);
    fixture.prepareMore();
    try (Capture capture = start(fixture.source(state), log)) {
      fixture.provideMore(capture);
      log.await(() -> log.content().equals(fixture.moreContent()));
    }

    assertThat(row.changes()).as("changes that could be out of order").hasSizeGreaterThan(1);
    assertThat(log.history(row.table(), row.key())).isEqualTo(row.changes());
  }

  @Test
  void goesOnWhenATableGetsAColumn() throws IOException {
    SourceFixture.Widened widened = claimed(fixture.widened());
    Storage state = newState();
    RecordingLog log = completeLog(state);

    try (Capture capture = start(widened.source(state), log)) {
      widened.provide(capture);
      log.await(() -> log.content().equals(widened.content()));
    }
    assertThat(log.refused()).hasSize(fixture.refused());
  }

  @Test
  void refusesBadRowsOneByOne() throws IOException {
    RecordingLog log = completeLog(newState());

    assertThat(log.refused())
        .hasSize(fixture.refused())
        .allSatisfy(row -> {
          assertThat(row.reason()).isNotBlank();
          assertThat(row.original()).isNotBlank();
        });
  }
}
