package dev.freshet.bench.corrupt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.bench.harness.Tally;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The proof in short, and that it finds what it is there to find. */
class CorruptProofTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private Tally tally(long seed) {
    return new Tally("corrupt", seed, new PrintStream(out, true));
  }

  @Test
  void takesNoDamagedFileForASoundOne() {
    long seed = System.nanoTime();
    Tally tally = tally(seed);
    SampleDatabase sample = SampleDatabase.create(seed);
    assertThat(sample.files().keySet().stream().map(path -> path.replaceAll("[0-9a-f]{16,}", "N")))
        .contains("log/N.log", "state/manifest", "state/state-N.run");
    CorruptProof.run(sample, 97, tally);
    assertThat(tally.holds()).as(out.toString()).isTrue();
  }

  /** A database that answers otherwise than it should is what unnoticed damage looks like. */
  @Test
  void findsWrongAnswers() throws Exception {
    SampleDatabase sample = SampleDatabase.create(1);
    byte[] sound = sample.files().get("definitions");
    assertThat(sample.with("definitions", sound)).isEqualTo(SampleDatabase.Outcome.RIGHT);

    List<String> others = sample.answers().subList(1, sample.answers().size());
    SampleDatabase other = new SampleDatabase(sample.files(), others);
    assertThatThrownBy(() -> other.with("definitions", sound))
        .isInstanceOf(SampleDatabase.Unnoticed.class)
        .hasMessageContaining("opened, and answers");
  }
}
