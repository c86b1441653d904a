package dev.freshet.testing.property;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PropertyTest {
  @Test
  void givesTheSameDrawsForTheSameSeed() {
    assertThat(describe(new Draws(42))).isEqualTo(describe(new Draws(42)));
    assertThat(describe(new Draws(42))).isNotEqualTo(describe(new Draws(43)));
  }

  private static String describe(Draws draws) {
    return draws.text(20)
        + draws.between(0L, 1L << 60)
        + draws.list(3, 9, d -> d.small(100))
        + draws.weighted(1, 2, 3);
  }

  @Test
  void staysInTheAskedRange() {
    Draws draws = new Draws(1);
    for (int i = 0; i < 1_000; i++) {
      assertThat(draws.between(-3, 3)).isBetween(-3, 3);
      assertThat(draws.small(5)).isBetween(0, 5);
      assertThat(draws.weighted(1, 0, 1)).isIn(0, 2);
    }
  }

  @Test
  void namesTheSeedOfAFailureAndShrinksTheActions() {
    assertThatThrownBy(() ->
            Property.of("no two sevens", 200)
                .checkActions(
                    draws -> draws.list(0, 50, d -> d.between(0, 9)),
                    (_, actions) ->
                        assertThat(actions.stream().filter(a -> a == 7)).hasSizeLessThan(2)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("no two sevens does not hold for seed ")
        .hasMessageContaining("replay with -Dfreshet.seed=")
        .hasMessageEndingWith(": [7, 7]");
  }

  @Test
  void runsAsManyCasesAsAskedFor() {
    List<Long> seeds = new ArrayList<>();
    Property.of("counts", 7).check(draws -> seeds.add(draws.seed()));
    assertThat(seeds).hasSizeGreaterThanOrEqualTo(1).doesNotHaveDuplicates();
  }
}
