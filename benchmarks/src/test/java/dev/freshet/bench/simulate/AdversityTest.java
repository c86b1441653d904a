package dev.freshet.bench.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.testing.property.Draws;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AdversityTest {
  private static final int ATTEMPTS = 100;
  private static final byte[] CONTENT = {1, 2, 3};

  private final SimulatedClock clock = new SimulatedClock();
  private final SimulatedStorage storage = new SimulatedStorage(clock, new Trace(), 1);
  private final Adversity adversity = new Adversity(new Draws(1), storage, clock);

  @Test
  void damagesTheNewestOfTwoCheckpoints() {
    put("engine/manifest-1");
    put("engine/manifest-2");
    damageOften();
    assertThat(storage.content("engine/manifest-1")).isEqualTo(CONTENT);
    assertThat(hasWhole("engine/manifest-2")).isFalse();
  }

  @Test
  void leavesTheOnlyCheckpointAloneBesideOneThatWasNotFinished() {
    put("engine/manifest-1.tmp");
    put("engine/manifest-2");
    damageOften();
    assertThat(storage.content("engine/manifest-2")).isEqualTo(CONTENT);
  }

  /** As after a power cut that brings a deleted one back. */
  @Test
  void leavesTheOnlyWholeCheckpointAloneBesideADamagedOne() {
    put("engine/manifest-1");
    put("engine/manifest-2");
    damageOften();
    storage.lose("engine/manifest-1");
    storage.damage("engine/manifest-2", new byte[0]);
    put("engine/manifest-3");
    damageOften();
    assertThat(storage.content("engine/manifest-3")).isEqualTo(CONTENT);
  }

  /** As one is that was damaged before, while no newer one has been written. */
  @Test
  void leavesACheckpointAloneOfWhichNothingIsLeft() {
    put("engine/manifest-1");
    storage.damage("engine/manifest-2", new byte[0]);
    damageOften();
    assertThat(storage.content("engine/manifest-2")).isEmpty();
    assertThat(storage.content("engine/manifest-1")).isEqualTo(CONTENT);
  }

  private void put(String path) {
    storage.damage(path, CONTENT);
  }

  private boolean hasWhole(String path) {
    return storage.paths().contains(path) && Arrays.equals(storage.content(path), CONTENT);
  }

  private void damageOften() {
    for (int i = 0; i < ATTEMPTS; i++) {
      adversity.damageCheckpoint();
    }
  }
}
