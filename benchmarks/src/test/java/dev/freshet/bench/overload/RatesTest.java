package dev.freshet.bench.overload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RatesTest {
  @Test
  void takesAQuarterOfTheCapacityUnderTenTimesTheLoad() {
    assertThat(new Rates(400, 1_000, 100).wrong()).isEmpty();
  }

  @Test
  void findsThatTooLittleWasOffered() {
    assertThat(new Rates(400, 999, 100).wrong())
        .containsExactly("only 999 a second were offered, 100 were taken");
  }

  @Test
  void findsACollapse() {
    assertThat(new Rates(400, 1_000, 99).wrong())
        .containsExactly("only 99.0 a second were taken under overload, 400.0 without");
    assertThat(new Rates(400, 1_000, 0).wrong()).hasSize(1);
  }

  @Test
  void findsThatNothingWasMeasured() {
    assertThat(new Rates(Double.NaN, Double.NaN, Double.NaN).wrong()).hasSize(2);
  }
}
