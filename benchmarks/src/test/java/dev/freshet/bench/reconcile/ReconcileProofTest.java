package dev.freshet.bench.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.reconcile.ReconcileProof.Planted;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ReconcileProofTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private Tally prove(Planted planted) throws Exception {
    Tally tally = new Tally("reconcile", 11, new PrintStream(out, true, StandardCharsets.UTF_8));
    ReconcileProof.run(2, 2_000, planted, tally);
    return tally;
  }

  @Test
  void namesWhatDiffersAndNothingElse() throws Exception {
    assertThat(prove(Planted.NOTHING).holds()).as(out.toString(StandardCharsets.UTF_8)).isTrue();
  }

  @Test
  void failsWhenARowIsForgotten() throws Exception {
    assertThat(prove(Planted.FORGETS_A_ROW).holds()).isFalse();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("did not name [");
  }

  @Test
  void failsWhenARowIsInvented() throws Exception {
    assertThat(prove(Planted.INVENTS_A_ROW).holds()).isFalse();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("a comparison named [EXTRA parcels {\"id\":1}] and did not name []");
  }
}
