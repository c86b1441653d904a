package dev.freshet.bench.tpch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.bench.harness.Tally;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TpchProofTest {
  @Test
  void all22QuestionsEqualDuckDbAfterEveryStep() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Tally tally = new Tally("tpch", 5, new PrintStream(out));
    new TpchProof().run(List.of("--steps", "3"), tally);
    assertThat(tally.holds()).as(out.toString()).isTrue();
  }

  @Test
  void tellsAnswersThatDiffer() {
    Answer expected = answer(row("a", 1.0, 3), row("b", 2.0, null));
    assertThat(
            answer(row("b", new BigDecimal("2.0"), null), row("a", 1.0000001, 3L))
                .difference(expected))
        .isEmpty();
    assertThat(answer(row("a", 1.0, 3)).difference(expected)).isEqualTo("1 rows instead of 2");
    assertThat(answer(row("a", 1.1, 3), row("b", 2.0, null)).difference(expected))
        .isEqualTo("[a, 1.1, 3] instead of [a, 1.0, 3]");
    assertThat(answer(row("a", 1.0, 3), row("b", 2.0, 0)).difference(expected))
        .isEqualTo("[b, 2.0, 0] instead of [b, 2.0, NULL]");
  }

  private static Answer answer(@Nullable Object[]... rows) {
    return new Answer(new ArrayList<>(List.of(rows)));
  }

  private static @Nullable Object[] row(@Nullable Object... values) {
    return values;
  }
}
