package dev.freshet.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
  @Test
  void readsValuesFlagsAndDefaults() {
    Options options =
        Options.of(
            List.of("--rate", "5_000", "--for=60s", "--quiet"), "rate", "for", "quiet", "times");
    assertThat(options.number("rate", 1)).isEqualTo(5_000);
    assertThat(options.duration("for", Duration.ZERO)).isEqualTo(Duration.ofSeconds(60));
    assertThat(options.has("quiet")).isTrue();
    assertThat(options.number("times", 3)).isEqualTo(3);
    assertThat(options.text("times", "none")).isEqualTo("none");
  }

  @Test
  void refusesAWordThatIsNoOption() {
    assertThatThrownBy(() -> Options.of(List.of("fast"), "rate"))
        .isInstanceOf(FreshetException.class)
        .hasMessage("Invalid option: fast; known are --rate");
  }

  @Test
  void refusesANumberThatIsTooSmallOrTooLarge() {
    Options options = Options.of(List.of("--times", "11", "--cuts", "-1"), "times", "cuts");
    assertThat(options.within("times", 5, 1, 11)).isEqualTo(11);
    assertThat(options.within("rate", 5, 1, 10)).isEqualTo(5);
    assertThatThrownBy(() -> options.within("times", 5, 1, 10))
        .isInstanceOf(FreshetException.class)
        .hasMessage("Invalid --times: 11; give a number from 1 to 10");
    assertThatThrownBy(() -> options.within("cuts", 5, 0, 10))
        .hasMessage("Invalid --cuts: -1; give a number from 0 to 10");
  }

  @Test
  void refusesADurationWithoutAUnit() {
    Options options = Options.of(List.of("--for", "60"), "for");
    assertThatThrownBy(() -> options.duration("for", Duration.ZERO))
        .hasMessageContaining("Invalid --for: 60");
  }
}
