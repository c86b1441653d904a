package dev.freshet.bench.harness;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartupCacheTest {
  @TempDir private Path folder;

  @Test
  void endsATrainingThatTakesTooLong() {
    List<String> hangs = List.of("sh", "-c", "echo asleep; exec sleep 600");
    assertThatThrownBy(() -> StartupCache.run(hangs, folder.resolve("said"), Duration.ofSeconds(1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("killed after PT1S")
        .hasMessageContaining("asleep");
  }
}
