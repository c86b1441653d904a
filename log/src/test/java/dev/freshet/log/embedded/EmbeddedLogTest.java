package dev.freshet.log.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.log.Log;
import dev.freshet.log.LogContract;
import dev.freshet.log.LogReader;
import dev.freshet.testing.simulation.Fault;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedScheduler;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the embedded log does beyond the contract, on the simulated disk. */
class EmbeddedLogTest extends LogContract {
  private static final LogSettings SMALL =
      LogSettings.DEFAULT
          .withSegmentBytes(1_000)
          .withBatchBytes(300)
          .withRetention(RetentionPolicy.NOTHING);

  private final SimulatedClock clock = new SimulatedClock();
  private final Trace trace = new Trace();
  private final SimulatedStorage storage = new SimulatedStorage(clock, trace, 1);
  private final SimulatedScheduler scheduler = new SimulatedScheduler(clock, trace, 1);

  @Override
  protected Log open() {
    return EmbeddedLog.open(storage, "log", Clock.system(), LogSettings.DEFAULT);
  }

  @Override
  protected Log openWithSmallSegments() {
    return EmbeddedLog.open(storage, "log", Clock.system(), SMALL);
  }

  private EmbeddedLog open(LogSettings settings) {
    return EmbeddedLog.open(storage, "log", clock, settings);
  }

  @Test
  void commitsManyRecordsWithOneSync() {
    try (Log log = open()) {
      for (int i = 0; i < 1_000; i++) {
        log.append(record("record-" + i));
      }
      SimulatedStorage.Counts before = storage.counts();
      log.flush();
      log.flush();
      assertThat(storage.counts().writes() - before.writes()).isEqualTo(1);
      assertThat(storage.counts().syncs() - before.syncs()).isEqualTo(1);
    }
  }

  @Test
  void readsInBlocksRatherThanByRecord() {
    try (Log log = open()) {
      for (int i = 0; i < 2_000; i++) {
        log.append(record("record-" + i));
        log.flush();
      }
      long before = storage.counts().reads();
      assertThat(texts(log, 0)).hasSize(2_000);
      assertThat(storage.counts().reads() - before).isLessThan(5);
    }
  }

  @Test
  void opensByReadingTheLastSegmentOnly() {
    try (Log log = open(SMALL)) {
      for (int i = 0; i < 200; i++) {
        log.append(record("record-" + i));
        log.flush();
      }
      assertThat(storage.list("log")).hasSizeGreaterThan(10);
    }
    String old = "log/" + storage.list("log").get(3);
    byte[] content = storage.content(old);
    content[content.length / 2] ^= 1;
    storage.damage(old, content);
    try (Log log = open(SMALL)) {
      assertThat(log.lastPosition("shop").orElseThrow().offset()).isEqualTo(199);
      assertThat(texts(log, 190)).hasSize(10);
      assertThatThrownBy(() -> texts(log, 0)).satisfies(code(ErrorCode.STORAGE_DAMAGED));
    }
  }

  @Test
  void waitsForCompanyBeforeItCommits() {
    try (Log log = open(LogSettings.DEFAULT.withCommitDelayNanos(5_000_000))) {
      log.startCommits(scheduler);
      long start = clock.nanos();
      log.append(record("a"));
      scheduler.runUntil(() -> log.durableOffset() == 1, 100);
      assertThat(clock.nanos() - start).isBetween(5_000_000L, 10_000_000L);
    }
  }

  @Test
  void acknowledgesNothingAfterAFailedSync() {
    Log log = open();
    log.append(record("a"));
    log.flush();
    log.append(record("b"));
    storage.failCall(2, Fault.IO_ERROR); // the sync behind the write
    assertThatThrownBy(log::flush).hasMessageContaining("simulated EIO");
    assertThatThrownBy(log::flush)
        .satisfies(code(ErrorCode.STORAGE_FAILED))
        .hasMessageContaining("a commit failed");
    assertThatThrownBy(() -> log.append(record("c"))).satisfies(code(ErrorCode.STORAGE_FAILED));
    assertThat(log.durableOffset()).isEqualTo(1);
    assertThat(texts(log, 0)).containsExactly("a");
    log.close();
    try (Log again = open()) {
      assertThat(texts(again, 0)).startsWith("a");
    }
  }

  /** The system forgets the failed sync; the log must not believe what its cache shows. */
  @Test
  void makesTheLastCommitDurableAgainWhenOpened() {
    Log log = open();
    log.append(record("a"));
    storage.failCall(2, Fault.IO_ERROR);
    assertThatThrownBy(log::flush).hasMessageContaining("simulated EIO");
    log.close();
    long found = open().durableOffset();
    storage.crash(new SplittableRandom(1));
    try (Log again = open()) {
      assertThat(again.durableOffset()).isEqualTo(found).isEqualTo(1);
    }
  }

  @Test
  void reportsTheFailureOfItsCommitTask() {
    Log log = open(LogSettings.DEFAULT);
    Scheduler.Handle commits = log.startCommits(scheduler);
    log.append(record("a"));
    storage.failCall(1, Fault.IO_ERROR);
    scheduler.runUntil(commits::isDone, 100);
    assertThat(commits.failure()).satisfies(code(ErrorCode.STORAGE_FAILED));
    log.close();
  }

  @Test
  void goesOnByItselfWhenAFullDiskHasRoomAgain() {
    EmbeddedLog log = open(SMALL);
    log.append(record("a"));
    log.flush();
    Scheduler.Handle commits = log.startCommits(scheduler);
    storage.limitBytes(1);
    log.append(record("b"));
    scheduler.runUntil(() -> !log.diskFull().isEmpty(), 100);
    assertThat(log.diskFull()).contains("simulated ENOSPC");
    log.append(record("c"));
    long later = clock.nanos() + 10_000_000_000L;
    scheduler.runUntil(() -> clock.nanos() >= later, 100);
    assertThat(commits.isDone()).isFalse();
    assertThat(log.durableOffset()).isEqualTo(1);
    assertThat(texts(log, 0)).containsExactly("a");

    storage.limitBytes(Long.MAX_VALUE);
    scheduler.runUntil(() -> log.durableOffset() == 3, 1_000);
    assertThat(log.durableOffset()).isEqualTo(3);
    assertThat(log.diskFull()).isEmpty();
    assertThat(texts(log, 0)).containsExactly("a", "b", "c");
    log.close();
    storage.kill();
    try (Log again = open()) {
      assertThat(texts(again, 0)).containsExactly("a", "b", "c");
    }
  }

  /** Past what may wait, records are refused whole; those taken before survive in their order. */
  @Test
  void refusesMoreRecordsWhileADiskIsFullAndTooMuchWaits() {
    try (EmbeddedLog log = open(LogSettings.DEFAULT.withWaitingBytesMax(2_000))) {
      storage.limitBytes(1);
      int taken = 0;
      FreshetException refused = null;
      while (refused == null) {
        try {
          log.append(record("record-" + taken));
          taken++;
        } catch (FreshetException e) {
          refused = e;
        }
      }
      assertThat(refused).satisfies(code(ErrorCode.DISK_FULL));
      assertThatThrownBy(log::flush).satisfies(code(ErrorCode.DISK_FULL));
      assertThat(log.endOffset()).isEqualTo(taken).isBetween(5L, 100L);
      assertThat(log.durableOffset()).isZero();

      storage.limitBytes(Long.MAX_VALUE);
      log.append(record("last"));
      log.flush();
      List<String> texts = texts(log, 0);
      assertThat(texts).hasSize(taken + 1).startsWith("record-0", "record-1").endsWith("last");
      assertThat(texts.get(taken - 1)).isEqualTo("record-" + (taken - 1));
    }
  }

  /** What the disk may have dropped is not believed again, whatever the reason was. */
  @Test
  void staysFailedWhenTheSyncFoundTheDiskFull() {
    Log log = open();
    log.append(record("a"));
    storage.failCall(2, Fault.DISK_FULL);
    assertThatThrownBy(log::flush).satisfies(code(ErrorCode.DISK_FULL));
    assertThatThrownBy(log::flush).satisfies(code(ErrorCode.STORAGE_FAILED));
    assertThatThrownBy(() -> log.append(record("b"))).satisfies(code(ErrorCode.STORAGE_FAILED));
    log.close();
  }

  @Test
  void commitsWhatAFullDiskHeldBackWhenClosed() {
    Log log = open();
    storage.limitBytes(1);
    log.append(record("a"));
    assertThatThrownBy(log::flush).satisfies(code(ErrorCode.DISK_FULL));
    log.append(record("b"));
    storage.limitBytes(Long.MAX_VALUE);
    log.close();
    try (Log again = open()) {
      assertThat(texts(again, 0)).containsExactly("a", "b");
    }
  }

  @Test
  void cutsATornTail() {
    EmbeddedLog log = open(LogSettings.DEFAULT);
    log.append(record("a"));
    log.flush();
    log.append(record("b".repeat(5_000)));
    storage.failCall(1, Fault.SHORT_WRITE);
    assertThatThrownBy(log::flush).hasMessageContaining("simulated EIO");
    storage.kill();
    try (EmbeddedLog again = open(LogSettings.DEFAULT)) {
      assertThat(again.cutBytes()).isPositive();
      assertThat(texts(again, 0)).containsExactly("a");
    }
  }

  @Test
  void leavesNothingBehindAnInterruptedCreation() {
    storage.createDirectories("log");
    try (Storage.File file = storage.create("log/00000000000000000000.log.tmp")) {
      file.write(0, new byte[10], 0, 10);
    }
    try (Log log = open()) {
      assertThat(storage.list("log")).containsExactly("00000000000000000000.log");
      assertThat(log.endOffset()).isZero();
    }
  }

  @Test
  void keepsForgottenRecordsAsLongAsThePolicySays() {
    long hour = 3_600_000_000L;
    LogSettings settings = SMALL.withRetention(new RetentionPolicy(hour, Long.MAX_VALUE));
    try (Log log = open(settings)) {
      fill(log);
      log.retain(log.durableOffset());
      assertThat(log.startOffset()).isZero();
      clock.advance(hour * 1_000);
      log.retain(log.durableOffset());
      assertThat(log.startOffset()).isPositive();
    }
  }

  @Test
  void forgetsEarlierWhenTheLogGrowsPastThePolicysSize() {
    LogSettings settings = SMALL.withRetention(new RetentionPolicy(Long.MAX_VALUE, 4_000));
    try (EmbeddedLog log = open(settings)) {
      fill(log);
      log.retain(log.durableOffset());
      assertThat(log.startOffset()).isPositive();
      assertThat(log.sizeBytes()).isLessThan(4_000);
    }
  }

  @Test
  void letsAReaderFinishASegmentThatIsForgotten() {
    try (Log log = open(SMALL)) {
      fill(log);
      try (LogReader reader = log.read(0)) {
        assertThat(reader.next()).isTrue();
        log.retain(log.durableOffset());
        assertThat(reader.next()).isTrue();
        assertThatThrownBy(
                () -> {
                  while (reader.next()) {
                    assertThat(text(reader)).startsWith("record-");
                  }
                })
            .satisfies(code(ErrorCode.NOT_FOUND));
      }
    }
  }

  private static void fill(Log log) {
    for (int i = 0; i < 200; i++) {
      log.append(record("record-" + i));
      log.flush();
    }
  }
}
