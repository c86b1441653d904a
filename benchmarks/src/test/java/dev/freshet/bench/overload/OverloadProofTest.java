package dev.freshet.bench.overload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.bench.harness.Tally;
import dev.freshet.core.error.FreshetException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The library's part in short, and that it finds what it is there to find. */
class OverloadProofTest {
  private static final Duration SHORT = Duration.ofSeconds(2);

  /** What is planted shows at once, but for memory that fills. */
  private static final Duration SHORTER = Duration.ofMillis(500);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Tally tally = new Tally("overload", 1, new PrintStream(out, true));

  @Test
  void refusesWhatIsTooMuchAndLosesNothing() throws Exception {
    OverloadProof.run(SHORT, Judged.COUNTS, Planted.NOTHING, tally);
    assertThat(tally.holds()).as(out.toString()).isTrue();
  }

  @Test
  void findsAcknowledgedWritesThatAreLost() throws Exception {
    OverloadProof.run(SHORTER, Judged.COUNTS, Planted.ACKNOWLEDGES_REFUSED, tally);
    assertThat(out.toString())
        .contains("lost-at-the-end: ")
        .contains("acknowledged writes are lost");
  }

  @Test
  void findsMemoryThatFillsWithWhatWasRefused() throws Exception {
    OverloadProof.run(SHORT, Judged.COUNTS, Planted.KEEPS_REFUSED, tally);
    assertThat(out.toString()).contains("the process did not survive").contains("OutOfMemoryError");
  }

  /** What is refused at once is no fast write. */
  @Test
  void findsThatNothingIsTakenAfterwards() throws Exception {
    OverloadProof.run(SHORTER, Judged.SPEED, Planted.REFUSES_AFTERWARDS, tally);
    assertThat(out.toString()).contains("latency was not as usual").contains("s after");
  }

  @Test
  void findsThatTooManyWritesLetItCollapse() throws Exception {
    OverloadProof.run(SHORTER, Judged.SPEED, Planted.COLLAPSES, tally);
    assertThat(out.toString()).contains("library: only 0.0 a second were taken under overload");
  }

  @Test
  void findsThatTooManyRowsLetItCollapse() throws Exception {
    new IngestOverload(Judged.SPEED, Planted.COLLAPSES, tally).run(SHORTER);
    assertThat(out.toString()).contains("ingest: only 0.0 a second were taken under overload");
  }

  @Test
  void refusesPostedRowsThatAreTooManyAndLosesNone() throws Exception {
    new IngestOverload(Judged.COUNTS, Planted.NOTHING, tally).run(SHORT);
    assertThat(tally.holds()).as(out.toString()).isTrue();
  }

  @Test
  void findsAcknowledgedRowsThatAreLost() throws Exception {
    new IngestOverload(Judged.COUNTS, Planted.ACKNOWLEDGES_REFUSED, tally).run(SHORTER);
    assertThat(out.toString()).contains("acknowledged requests are lost");
  }

  @Test
  void findsAcknowledgedRowsThatAKillLoses() throws Exception {
    new IngestOverload(Judged.COUNTS, Planted.FORGETS_WHEN_KILLED, tally).run(SHORTER);
    assertThat(out.toString())
        .containsPattern("[1-9]\\d* acknowledged requests are lost after a kill and a start")
        .doesNotContain("refused requests are there");
  }

  /** A kill shows nothing when there was nothing to lose since the look before it. */
  @Test
  void findsThatNothingWasTakenBeforeTheKill() throws Exception {
    new IngestOverload(Judged.COUNTS, Planted.REFUSES_AFTERWARDS, tally).run(SHORTER);
    assertThat(out.toString()).contains("ingest: nothing was taken before the kill");
  }

  @Test
  void refusesATimeThatIsTooShort() {
    assertThatThrownBy(() -> new OverloadProof().run(List.of("--for", "5s"), tally))
        .isInstanceOf(FreshetException.class)
        .hasMessage("Invalid overload: --for is at least 30s, --rate at least 1");
  }
}
