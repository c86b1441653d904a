package dev.freshet.log.embedded;

import static dev.freshet.log.LogContract.code;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.log.LogReader;
import dev.freshet.log.LogRecord;
import dev.freshet.testing.simulation.ForwardingStorage;
import dev.freshet.testing.simulation.HangingDisk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Neither a writer nor whoever stops the process is to wait for a disk that does not answer. */
@Timeout(60)
class HangingDiskTest {
  private static final LogSettings PATIENT = LogSettings.DEFAULT.withWaitingBytesMax(1_000);
  private static final LogSettings SETTINGS = PATIENT.withPatienceNanos(20_000_000);

  @TempDir private Path directory;
  private HangingDisk disk;
  private final ExecutorService thread = Executors.newSingleThreadExecutor();

  @BeforeEach
  void makeTheDisk() {
    disk = new HangingDisk(new LocalStorage(directory));
  }

  @AfterEach
  void endTheThread() {
    disk.goOn();
    thread.close();
  }

  private static EmbeddedLog open(Storage storage) {
    return open(storage, SETTINGS);
  }

  private static EmbeddedLog open(Storage storage, LogSettings settings) {
    return EmbeddedLog.open(storage, "log", Clock.system(), settings);
  }

  private EmbeddedLog openPatient() {
    return open(new LocalStorage(directory), PATIENT);
  }

  private static LogRecord record(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new LogRecord("shop", new byte[0], ChangeSet.Part.LAST, 1, 1, bytes, 0, bytes.length);
  }

  private List<String> texts() {
    List<String> texts = new ArrayList<>();
    try (EmbeddedLog log = openPatient();
        LogReader reader = log.read(0)) {
      while (reader.next()) {
        texts.add(
            new String(reader.bytes(), reader.start(), reader.length(), StandardCharsets.UTF_8));
      }
    }
    return texts;
  }

  private static void await(EmbeddedLog log, long durableOffset) throws InterruptedException {
    while (log.durableOffset() < durableOffset) {
      Thread.sleep(1);
    }
  }

  /** Closes until the disk has let it. */
  private static void closeAtLast(EmbeddedLog log) {
    while (true) {
      try {
        log.close();
        return;
      } catch (FreshetException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.TIMED_OUT);
      }
    }
  }

  /** Appends until the log takes no more; what was taken. */
  private static List<String> fill(EmbeddedLog log) {
    List<String> taken = new ArrayList<>();
    assertThatThrownBy(
            () -> {
              while (true) {
                String text = "waits-" + taken.size();
                log.append(record(text));
                taken.add(text);
              }
            })
        .satisfies(code(ErrorCode.TIMED_OUT))
        .hasMessageContaining("the disk has not ended a commit within 20 ms");
    return taken;
  }

  @Test
  void waitsForAHangingDiskForABoundedTimeAndAcknowledgesNothing() throws Exception {
    EmbeddedLog log = open(disk);
    try {
      log.append(record("synced"));
      log.flush();
      log.append(record("hangs"));
      disk.hang();
      Future<?> commit = thread.submit(log::flush);
      disk.awaitSync();

      fill(log);
      assertThat(log.durableOffset()).isEqualTo(1);
      assertThatThrownBy(log::flush).satisfies(code(ErrorCode.TIMED_OUT));
      assertThatThrownBy(log::close).satisfies(code(ErrorCode.TIMED_OUT));
      assertThatThrownBy(() -> log.append(record("late"))).hasMessageContaining("it is closed");
      assertThatThrownBy(() -> open(new LocalStorage(directory)))
          .as("while the disk may still write")
          .satisfies(code(ErrorCode.DIRECTORY_IN_USE));
      assertThat(log.durableOffset()).isEqualTo(1);

      disk.goOn();
      commit.get();
    } finally {
      disk.goOn();
    }
    closeAtLast(log);
    assertThat(texts()).containsExactly("synced", "hangs");
  }

  /** So whoever was refused may append the same record again. */
  @Test
  void aRecordThatWasRefusedForAHangingDiskNeverComesIntoTheLog() throws Exception {
    List<String> expected = new ArrayList<>(List.of("hangs"));
    EmbeddedLog log = open(disk);
    log.append(record("hangs"));
    disk.hang();
    Future<?> commit = thread.submit(log::flush);
    disk.awaitSync();
    expected.addAll(fill(log));
    disk.goOn();
    commit.get();
    log.append(record("again"));
    expected.add("again");
    log.flush();
    closeAtLast(log);
    assertThat(texts()).isEqualTo(expected);
  }

  @Test
  void theTaskThatCommitsGoesOnWhenTheDiskDoes() throws Exception {
    EmbeddedLog log = open(disk);
    log.append(record("hangs"));
    disk.hang();
    Future<?> commit = thread.submit(log::flush);
    disk.awaitSync();
    Scheduler.Handle task = log.startCommits(Scheduler.threads());
    long end = log.append(record("waits")) + 1;
    Thread.sleep(100); // the task runs out of patience more than once
    assertThat(task.isDone()).isFalse();
    disk.goOn();
    commit.get();
    await(log, end);
    assertThat(task.failure()).isNull();
    closeAtLast(log);
    assertThat(texts()).containsExactly("hangs", "waits");
  }

  @Test
  void closingIsBoundedAlsoWhenItsOwnCommitHangs() throws Exception {
    EmbeddedLog log = open(disk, PATIENT.withPatienceNanos(1_000_000_000));
    log.append(record("last"));
    disk.hang();
    try {
      assertThatThrownBy(log::close)
          .satisfies(code(ErrorCode.TIMED_OUT))
          .hasMessageContaining("Cannot wait any longer to close the log");
      assertThat(log.durableOffset()).isZero();
      assertThatThrownBy(log::close).as("again").satisfies(code(ErrorCode.TIMED_OUT));
    } finally {
      disk.goOn();
    }
    closeAtLast(log);
    assertThat(texts()).containsExactly("last");
  }

  @Test
  void letsGoOfItsFilesAndDirectoryWhenTheirEndFails() {
    class Failing extends ForwardingStorage {
      private boolean fails;

      Failing() {
        super(new LocalStorage(directory));
      }

      @Override
      protected File opened(File file) {
        return new ForwardingFile(file) {
          @Override
          public void sync() {
            refuse();
            super.sync();
          }

          @Override
          public void close() {
            super.close();
            refuse();
          }
        };
      }

      private void refuse() {
        if (fails) {
          throw new FreshetException(ErrorCode.STORAGE_FAILED, "broken");
        }
      }
    }
    Failing storage = new Failing();
    EmbeddedLog log = open(storage, PATIENT);
    log.append(record("not acknowledged"));
    storage.fails = true;
    assertThatThrownBy(log::close).hasMessageContaining("broken");
    storage.fails = false;
    open(storage, PATIENT).close();
    log.close();
  }

  @Test
  void goesOnWhenAListenerFails() throws Exception {
    AtomicLong heard = new AtomicLong();
    try (EmbeddedLog log = openPatient()) {
      log.onDurable(offset -> {
        throw new IllegalStateException("deaf at " + offset);
      });
      log.onDurable(heard::set);
      Scheduler.Handle task = log.startCommits(Scheduler.threads());
      log.append(record("a"));
      await(log, 1);
      log.append(record("b"));
      log.flush();
      await(log, 2);
      while (heard.get() < 2) {
        Thread.sleep(1);
      }
      assertThat(task.isDone()).isFalse();
      assertThat(log.listenerFailure()).startsWith("deaf at ");
    }
  }

  @Test
  void goesOnWhileAListenerIsSlow() throws Exception {
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (EmbeddedLog log = openPatient()) {
      log.onDurable(offset -> {
        if (offset == 1) {
          called.countDown();
          try {
            goOn.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        }
      });
      log.append(record("a"));
      Future<?> slow = thread.submit(log::flush);
      called.await();
      for (int i = 0; i < 100; i++) {
        log.append(record("more " + "x".repeat(100)));
      }
      log.flush();
      assertThat(log.durableOffset()).isEqualTo(101);
      goOn.countDown();
      slow.get(10, TimeUnit.SECONDS);
    } finally {
      goOn.countDown();
    }
  }
}
