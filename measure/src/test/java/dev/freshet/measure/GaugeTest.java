package dev.freshet.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GaugeTest {
  private static final Duration PATIENCE = Duration.ofMillis(1);

  /** The figures that are told when these rows come. */
  private static Map<String, Double> told(Gauge gauge, long... counts) {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      for (long count : counts) {
        gauge.add(count, 10 * count);
      }
    } finally {
      System.setOut(before);
    }
    Map<String, Double> figures = new HashMap<>();
    bytes
        .toString(StandardCharsets.UTF_8)
        .lines()
        .map(line -> Told.read(line).orElseThrow())
        .forEach(told -> figures.put(told.name(), told.value()));
    return figures;
  }

  @Test
  void measuresTheRowsAfterTheWarmUp() throws Exception {
    Gauge gauge = new Gauge(5, 10);
    assertThat(told(gauge, 4, 2, 3)).isEmpty();
    assertThat(told(gauge, 2, 1))
        .containsEntry("rows", 5.0)
        .containsEntry("all_rows", 11.0)
        .containsEntry("id_sum", 110.0);
    gauge.await(PATIENCE, () -> true, () -> "");
  }

  @Test
  void measuresAllWithoutAWarmUp() {
    assertThat(told(new Gauge(0, 10), 10)).containsEntry("rows", 10.0);
  }

  @Test
  void endsWhenAllComesWithTheWarmUp() throws Exception {
    Gauge gauge = new Gauge(5, 10);
    assertThat(told(gauge, 10)).containsEntry("rows", 0.0).containsEntry("all_rows", 10.0);
    gauge.await(PATIENCE, () -> true, () -> "");
  }

  @Test
  void waitsNoLongerThanItHasPatience() {
    Gauge gauge = new Gauge(0, 10);
    gauge.add(7, 0);
    assertThatThrownBy(() -> gauge.await(PATIENCE, () -> false, () -> "STREAMING"))
        .hasMessage("7 of 10 rows came: STREAMING");
    assertThatThrownBy(() -> gauge.await(Duration.ofHours(1), () -> true, () -> "FAILED"))
        .hasMessage("7 of 10 rows came: FAILED");
  }
}
