package dev.freshet.bench.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.bench.harness.Tally;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Ten thousand simulated histories on all cores, half of them the same every time, the others those
 * of the day. A failure names its seed: {@code ./prove simulate --cases 1 --seed N} repeats it.
 */
class SimulatedSeedsTest {
  private static final int SEEDS = 5_000;
  private static final long FIXED = 1_000_000;

  /**
   * Several times what is needed, so that a busy machine runs them all too. One on which they do
   * not fit fails, rather than showing less than it says.
   */
  private static final String MINUTES = "8";

  @Test
  void holdForFixedSeeds() {
    requireHolding(FIXED);
  }

  @Test
  void holdForTheSeedsOfTheDay() {
    requireHolding(LocalDate.now(ZoneOffset.UTC).toEpochDay() * SEEDS);
  }

  private static void requireHolding(long first) {
    System.out.println("SimulatedSeedsTest: " + SEEDS + " seeds from " + first);
    ByteArrayOutputStream failures = new ByteArrayOutputStream();
    Tally tally = new Tally("simulate", first, new PrintStream(failures, true));
    new SimulateProof()
        .run(List.of("--cases", Integer.toString(SEEDS), "--minutes", MINUTES), tally);
    assertThat(tally.holds()).as(failures.toString()).isTrue();
  }
}
