package dev.freshet.bench.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.bench.pipeline.VisibleOrders.Seen;
import dev.freshet.demo.shop.ShopWorkload.Commit;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  private static final long MILLIS = 1_000_000;

  private static Commit commit(long order, long atMillis) {
    return new Commit(order, 1, atMillis * MILLIS);
  }

  private static Seen seen(long order, long atMillis) {
    return new Seen(order, atMillis * MILLIS);
  }

  @Test
  void countsFromACommitToTheFirstReadingThatHasItsOrder() {
    Latencies latencies =
        Latencies.of(
            List.of(commit(1, 100), commit(2, 110), commit(5, 120)),
            List.of(seen(2, 130), seen(4, 140), seen(5, 190)),
            0);
    assertThat(latencies.count()).isEqualTo(3);
    assertThat(latencies.millisAt(1)).isEqualTo(20);
    assertThat(latencies.millisAt(50)).isEqualTo(30);
    assertThat(latencies.millisAt(100)).isEqualTo(70);
  }

  @Test
  void leavesOutWhatWasCommittedWhileWarmingUp() {
    Latencies latencies =
        Latencies.of(
            List.of(commit(1, 100), commit(2, 200)),
            List.of(seen(1, 180), seen(2, 210)),
            150 * MILLIS);
    assertThat(latencies.count()).isEqualTo(1);
    assertThat(latencies.millisAt(100)).isEqualTo(10);
  }

  @Test
  void isZeroWhenTheReaderIsToldBeforeTheWriter() {
    Latencies latencies = Latencies.of(List.of(commit(1, 100)), List.of(seen(1, 99)), 0);
    assertThat(latencies.millisAt(50)).isZero();
  }

  @Test
  void refusesACommitThatWasNeverSeen() {
    assertThatThrownBy(() -> Latencies.of(List.of(commit(2, 100)), List.of(seen(1, 110)), 0))
        .hasMessageContaining("every commit is seen");
  }
}
