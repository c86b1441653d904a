package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.engine.workers.WorkerSettings;
import dev.freshet.log.embedded.RetentionPolicy;
import dev.freshet.runtime.project.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SystemStartTest {
  @Test
  void opensTheLogWithTheProjectsRetention() {
    assertThat(SystemStart.logSettings(settings(Duration.ofHours(2), 5_000)).retention())
        .isEqualTo(new RetentionPolicy(7_200_000_000L, 5_000));
  }

  @Test
  void boundsATimeThatNoClockReaches() {
    assertThat(SystemStart.logSettings(settings(Duration.ofDays(999_999_999), 1)).retention())
        .isEqualTo(new RetentionPolicy(Duration.ofDays(36_500).toMillis() * 1_000, 1));
  }

  private static Settings settings(Duration retention, long retentionBytes) {
    Duration second = Duration.ofSeconds(1);
    return new Settings(
        "p",
        Path.of("state"),
        "127.0.0.1",
        0,
        second,
        second,
        second,
        2,
        1 << 30,
        WorkerSettings.ONE,
        retention,
        retentionBytes,
        0,
        Optional.empty());
  }
}
