package dev.freshet.bench.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.bench.harness.Tally;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The memory proof in short, and that it finds what it is there to find. */
class MemoryProofTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Tally tally = new Tally("memory", System.nanoTime(), new PrintStream(out, true));

  private void run(String... arguments) throws Exception {
    new MemoryProof().run(List.of(arguments), tally);
    tally.printSum();
  }

  @Test
  void isRightWithStateOfManyTimesTheHeapsShare() throws Exception {
    run("--rows", "250000", "--memory-mib", "8", "--heap-mib", "128");
    assertThat(out.toString()).contains("cases=4 failures=0");
  }

  @Test
  void saysWhenTheStateWasTooSmallToProveAnything() throws Exception {
    run("--rows", "2000", "--memory-mib", "8", "--heap-mib", "128");
    assertThat(out.toString()).contains("less than ten times the budget; take more --rows");
  }

  /** State that stays in memory is what an engine without a budget would do. */
  @Test
  void findsStateThatIsTooMuchForTheHeap() throws Exception {
    run("--rows", "250000", "--memory-mib", "100000", "--heap-mib", "128");
    assertThat(out.toString()).contains("the process ended with 3 (3 is out of memory)");
  }
}
