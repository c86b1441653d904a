package dev.freshet.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.engine.oracle.Scenario;
import dev.freshet.engine.workers.WorkerSettings;
import dev.freshet.engine.workers.Workers;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes, error rows and saved state are the same bytes, however many workers share the steps. */
class WorkersDoNotShowTest {
  private static final int CASES = Integer.getInteger("oracle.cases", 25);
  private static final int[] COUNTS = {2, 3, 7};

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, 3_000, 0})
  void givesTheSameBytesForAnyNumber(long memoryBytes) {
    long first = 3_300_000 + memoryBytes % 1_000_000;
    for (long seed = first; seed < first + CASES; seed++) {
      String alone = transcript(seed, memoryBytes, WorkerSettings.ONE);
      for (int count : COUNTS) {
        // Parts of one row each: every range of keys is cut wherever it can be.
        WorkerSettings settings = WorkerSettings.of(count).withPartRows(1);
        assertThat(transcript(seed, memoryBytes, settings))
            .as("seed %d, %d workers", seed, count)
            .isEqualTo(alone);
      }
    }
  }

  private String transcript(long seed, long memoryBytes, WorkerSettings settings) {
    LocalStorage storage = new LocalStorage(directory.resolve(seed + "-" + settings.count()));
    try (Workers workers = Workers.of(Scheduler.threads(), settings)) {
      Scenario scenario = new Scenario(seed, storage, memoryBytes, workers);
      assertThat(scenario.run()).as("seed %d, %s", seed, settings).isEmpty();
      return scenario.transcript();
    }
  }
}
