package dev.freshet.core.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
  @Test
  void doublesUpToTheBoundAndBeginsAnew() {
    Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofMillis(350));
    for (int round = 0; round < 100; round++) {
      assertThat(backoff.nextMillis()).isBetween(50L, 100L);
      assertThat(backoff.nextMillis()).isBetween(100L, 200L);
      assertThat(backoff.nextMillis()).isBetween(175L, 350L);
      assertThat(backoff.nextMillis()).isBetween(175L, 350L);
      backoff.reset();
    }
  }

  @Test
  void waitsEvenAfterManyTries() {
    Backoff backoff = new Backoff(Duration.ofMillis(1), Duration.ofDays(1));
    for (int tries = 0; tries < 100; tries++) {
      assertThat(backoff.nextMillis()).isBetween(1L, 86_400_000L);
    }
  }
}
