package dev.freshet.log.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Storage;
import dev.freshet.log.Log;
import dev.freshet.log.LogContract;
import dev.freshet.testing.simulation.ForwardingStorage;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedLogOnDiskTest extends LogContract {
  @TempDir Path directory;

  @Override
  protected Log open() {
    return EmbeddedLog.open(
        new LocalStorage(directory), "log", Clock.system(), LogSettings.DEFAULT);
  }

  @Override
  protected Log openWithSmallSegments() {
    LogSettings settings =
        LogSettings.DEFAULT
            .withSegmentBytes(1_000)
            .withReadBlockBytes(500)
            .withRetention(RetentionPolicy.NOTHING);
    return EmbeddedLog.open(new LocalStorage(directory), "log", Clock.system(), settings);
  }

  @Test
  void lendsItsDirectoryToOneLogAtATime() {
    try (Log _ = open()) {
      assertThatThrownBy(this::open).satisfies(code(ErrorCode.DIRECTORY_IN_USE));
    }
    open().close();
  }

  @Test
  void keepsABatchLargerThanABlock() {
    try (Log log = openWithSmallSegments()) {
      String large = "x".repeat(3_000_000);
      log.append(record(large));
      log.append(record("small"));
      log.flush();
      assertThat(texts(log, 0)).containsExactly(large, "small");
    }
  }

  @Test
  void makesAWriterWaitForTheDiskWhenTooMuchWaits() {
    LogSettings settings = LogSettings.DEFAULT.withWaitingBytesMax(1_000);
    try (Log log = EmbeddedLog.open(new LocalStorage(directory), "log", Clock.system(), settings)) {
      for (int i = 0; i < 1_000; i++) {
        log.append(record("record-" + i));
        assertThat(log.waitingBytes()).isLessThan(1_100);
      }
      assertThat(log.durableOffset()).isPositive();
    }
  }

  /** A disk whose syncs wait until they are let go. */
  private static final class HangingDisk extends ForwardingStorage {
    private final CountDownLatch syncing = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private volatile boolean hangs;

    HangingDisk(Storage disk) {
      super(disk);
    }

    @Override
    protected File opened(File file) {
      return new ForwardingFile(file) {
        @Override
        public void sync() {
          if (hangs) {
            syncing.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          }
          super.sync();
        }
      };
    }
  }

  /** Neither a writer nor whoever stops the process is to wait for a disk that does not answer. */
  @Test
  void waitsForAHangingDiskForABoundedTimeAndAcknowledgesNothing() throws Exception {
    HangingDisk disk = new HangingDisk(new LocalStorage(directory));
    LogSettings settings =
        LogSettings.DEFAULT.withWaitingBytesMax(1_000).withPatienceNanos(20_000_000);
    EmbeddedLog log = EmbeddedLog.open(disk, "log", Clock.system(), settings);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      log.append(record("synced"));
      log.flush();
      log.append(record("hangs"));
      disk.hangs = true;
      Future<?> commit = thread.submit(log::flush);
      disk.syncing.await();

      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 1_000; i++) {
                  log.append(record("waits-" + i));
                }
              })
          .satisfies(code(ErrorCode.TIMED_OUT))
          .hasMessageContaining("the disk has not ended a commit within 20 ms");
      assertThat(log.durableOffset()).isEqualTo(1);
      assertThatThrownBy(log::close).satisfies(code(ErrorCode.TIMED_OUT));
      assertThatThrownBy(() -> log.append(record("late"))).hasMessageContaining("it is closed");
      assertThatThrownBy(this::open)
          .as("while the disk may still write")
          .satisfies(code(ErrorCode.DIRECTORY_IN_USE));
      assertThat(log.durableOffset()).isEqualTo(1);

      disk.goOn.countDown();
      commit.get();
    } finally {
      disk.goOn.countDown();
      thread.close();
    }
    try (Log again = open()) {
      assertThat(texts(again, 0)).containsExactly("synced", "hangs");
    }
    log.close();
  }
}
