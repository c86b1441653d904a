package dev.freshet.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.port.Clock;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private long nanos;
  private final Clock clock =
      new Clock() {
        @Override
        public long wallMicros() {
          return nanos / 1000;
        }

        @Override
        public long nanos() {
          return nanos;
        }
      };

  @Test
  void averagesARateOverTheLastFiveSeconds() {
    Rate rate = new Rate(clock);
    for (int second = 0; second < 8; second++) {
      rate.add(second < 4 ? 100 : 10);
      nanos += 1_000_000_000L;
    }
    assertThat(rate.perSecond()).isEqualTo((100 + 4 * 10) / 5.0);
    nanos += 60_000_000_000L;
    assertThat(rate.perSecond()).isZero();
    assertThat(rate.total()).isEqualTo(440);
  }

  @Test
  void forgetsOldLatencies() {
    Latencies latencies = new Latencies(clock);
    assertThat(latencies.millisAt(50)).isEqualTo(-1);
    latencies.addMicros(10_000, 99);
    latencies.addMicros(500_000, 1);
    assertThat(latencies.millisAt(50)).isBetween(9.9, 10.2);
    assertThat(latencies.millisAt(100)).isBetween(495.0, 505.0);
    nanos += 20_000_000_000L;
    assertThat(latencies.millisAt(50)).isEqualTo(-1);
  }
}
