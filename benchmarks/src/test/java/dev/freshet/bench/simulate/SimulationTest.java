package dev.freshet.bench.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulationTest {
  private static final int SEEDS = 40;
  private static final int SEEDS_TO_FIND_A_BUG = 20;

  /** What no seed has met, no seed has shown. */
  @Test
  void holdsUnderHardshipsOfEveryKind() {
    Set<Hardship> missing = EnumSet.allOf(Hardship.class);
    for (long seed = 1; seed <= SEEDS; seed++) {
      System.out.println("SimulationTest seed " + seed);
      Outcome outcome = new Simulation(seed, PlantedBug.NONE).run();
      assertThat(outcome.lives()).isGreaterThan(1);
      outcome
          .hardships()
          .forEach((hardship, count) -> {
            if (count > 0) {
              missing.remove(hardship);
            }
          });
    }
    assertThat(missing).as("hardships that did not happen").isEmpty();
  }

  @Test
  void repeatsARunFromItsSeed() {
    Outcome first = new Simulation(7, PlantedBug.NONE).run();
    Outcome second = new Simulation(7, PlantedBug.NONE).run();
    assertThat(second).isEqualTo(first);
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
