package dev.freshet.bench.iofault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.bench.harness.Tally;
import dev.freshet.testing.simulation.Fault;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

/** The proof for one seed, and that it finds what it is there to find. */
class IoFaultProofTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void losesNothingWhicheverCallFails() {
    long seed = System.nanoTime();
    Tally tally = new Tally("iofault", seed, new PrintStream(out, true));
    IoFaultProof.run(seed, tally);
    assertThat(tally.holds()).as(out.toString()).isTrue();
  }

  @Test
  void doesNotCountAFaultThatNeverCame() {
    assertThat(FaultyRun.withFault(1, FaultyRun.calls(1) + 1_000, Fault.IO_ERROR))
        .hasValueSatisfying(wrong -> assertThat(wrong).contains("did not come"));
  }

  @Test
  void findsWhatADiskLosesThatOnlySaysItHasSynced() {
    for (long seed = 1; seed <= 5; seed++) {
      assertThat(FaultyRun.onALyingDisk(seed)).isPresent();
    }
  }
}
