package dev.freshet.bench.freshness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.bench.harness.Samples;
import org.junit.jupiter.api.Test;

class LanesTest {
  private final Lanes committed = new Lanes(2);
  private final Lanes seen = new Lanes(2);

  @Test
  void measuresEachCommitUntilItsRowOrALaterOneOfItsLaneIsSeen() {
    committed.add(0, 10, 1_000);
    committed.add(0, 12, 2_000);
    committed.add(1, 11, 2_500);
    assertThat(seen.reaches(committed)).isFalse();
    seen.add(0, 12, 6_000);
    seen.add(0, 11, 9_000); // known already
    seen.add(1, 11, 2_400); // before the writer knows
    assertThat(seen.reaches(committed)).isTrue();

    Samples all = Lanes.latencies(committed, seen, 0);
    assertThat(all.millis(1)).isEqualTo(5);
    assertThat(all.millis(0.01)).isZero();
    assertThat(Lanes.latencies(committed, seen, 2_000).millis(1)).isEqualTo(4);
  }

  @Test
  void takesNoFigureWhenACommitWasNeverSeen() {
    committed.add(1, 11, 1_000);
    seen.add(0, 12, 2_000);

    assertThatThrownBy(() -> Lanes.latencies(committed, seen, 0))
        .hasMessageContaining("row 11 of lane 1 was never seen");
  }
}
