package dev.freshet.bench.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulationTest {
  private static final int SEEDS_TO_FIND_A_BUG = 20;

  @Test
  void repeatsARunFromItsSeed() {
    Outcome first = new Simulation(7, PlantedBug.NONE).run();
    Outcome second = new Simulation(7, PlantedBug.NONE).run();
    assertThat(second).isEqualTo(first);
    assertThat(first.lives()).isGreaterThan(1);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void findsAPlantedBug(PlantedBug bug) {
    boolean found = false;
    for (long seed = 1; seed <= SEEDS_TO_FIND_A_BUG && !found; seed++) {
      try {
        new Simulation(seed, bug).run();
      } catch (Violation violation) {
        System.out.println(bug + " found with seed " + seed + ": " + violation.getMessage());
        found = true;
      }
    }
    assertThat(found).as(bug + " found").isTrue();
  }
}
