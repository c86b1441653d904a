package dev.freshet.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.port.LocalStorage;
import dev.freshet.engine.oracle.Scenario;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The main net: random tables, views and changes; after every step each view equals what a naive
 * evaluator answers over the accumulated rows.
 */
class EngineOracleTest {
  private static final int CASES = Integer.getInteger("oracle.cases", 25);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void everyViewEqualsItsQueryAfterEveryStep(long group) {
    for (long seed = group * 100_000; seed < group * 100_000 + CASES; seed++) {
      assertThat(new Scenario(seed).run()).as("seed " + seed).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 3_000, 100_000})
  void givesTheSameWithStateOnDisk(long memoryBytes, @TempDir Path directory) {
    long first = 2_100_000 + memoryBytes;
    for (long seed = first; seed < first + CASES; seed++) {
      LocalStorage storage = new LocalStorage(directory.resolve("case-" + seed));
      assertThat(new Scenario(seed, storage, memoryBytes).run()).as("seed " + seed).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12})
  void survivesCheckpointAndRestore(long group, @TempDir Path directory) {
    for (long seed = group * 100_000; seed < group * 100_000 + CASES; seed++) {
      LocalStorage storage = new LocalStorage(directory.resolve("case-" + seed));
      assertThat(new Scenario(seed, storage).run()).as("seed " + seed).isEmpty();
    }
  }
}
