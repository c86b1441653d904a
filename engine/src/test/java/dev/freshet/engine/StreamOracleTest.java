package dev.freshet.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.port.LocalStorage;
import dev.freshet.engine.oracle.StreamScenario;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Views over tables of which no row is ever deleted equal what a naive evaluator answers. */
class StreamOracleTest {
  private static final int CASES = Integer.getInteger("oracle.cases", 40);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everyViewEqualsItsQueryAfterEveryStep(long group, @TempDir Path directory) {
    for (long seed = group * 100_000; seed < group * 100_000 + CASES; seed++) {
      LocalStorage storage = new LocalStorage(directory.resolve("case-" + seed));
      assertThat(new StreamScenario(seed, storage).run()).as("seed " + seed).isEmpty();
    }
  }
}
