package dev.freshet.log.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.log.Log;
import dev.freshet.log.LogContract;
import java.nio.file.Path;
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
}
