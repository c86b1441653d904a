package dev.freshet.database.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StepSizeTest {
  private static final long MILLIS = 1_000_000;

  private final StepSize size = new StepSize(new PipelineSettings(50_000, Duration.ofMillis(250)));

  @Test
  void beginsWithTheMost() {
    assertThat(size.rows()).isEqualTo(50_000);
  }

  @Test
  void takesWhatFitsIntoTheWantedTime() {
    size.took(50_000, 1_000 * MILLIS);
    assertThat(size.rows()).isEqualTo(12_500);
  }

  @Test
  void growsAgainWhenStepsGetFaster() {
    size.took(50_000, 10_000 * MILLIS);
    for (int i = 0; i < 30; i++) {
      size.took(size.rows(), size.rows() * MILLIS / 200);
    }
    assertThat(size.rows()).isBetween(49_000, 50_000);
  }

  @Test
  void keepsToALeastSizeHoweverSlow() {
    size.took(50_000, 3_600_000 * MILLIS);
    assertThat(size.rows()).isEqualTo(1_000);
  }

  @Test
  void learnsNothingFromASmallStep() {
    size.took(1, 100 * MILLIS);
    assertThat(size.rows()).isEqualTo(50_000);
  }

  @Test
  void neverExceedsASmallBound() {
    StepSize small = new StepSize(new PipelineSettings(10, Duration.ofMillis(250)));
    small.took(10, MILLIS);
    assertThat(small.rows()).isEqualTo(10);
  }
}
