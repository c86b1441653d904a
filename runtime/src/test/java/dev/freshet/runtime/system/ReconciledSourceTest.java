package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.serve.backend.Reconciled;
import dev.freshet.serve.backend.Reconciled.Comparison;
import dev.freshet.serve.backend.Reconciled.Table;
import dev.freshet.serve.backend.SystemStatus.ReconcileStatus;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReconciledSourceTest {
  private final ReconciledSource source = new ReconciledSource("shop");

  private static Table table(String name, long rows) {
    return new Table(name, rows, rows, 0, 1, 0, 0, 0, 0, 0, List.of());
  }

  private ReconcileStatus status() {
    return source.status().orElseThrow();
  }

  private void compare(long micros) {
    source.begin();
    List<Table> tables = List.of(table("orders", 3), table("parcels", 4));
    source.ended(
        new Reconciled("shop", new Comparison("0/1", 7, tables, 0, 0), Optional.empty()), micros);
  }

  @Test
  void keepsWhyTheLastComparisonFailedWhenATableGoes() {
    compare(5);
    source.begin();
    source.failed("The source is away.");
    source.retain(List.of("parcels"));
    assertThat(status().rows()).isEqualTo(4);
    assertThat(status().problem()).isEqualTo("The source is away.");
    assertThat(status().failures()).isEqualTo(1);
    assertThat(status().atMicros()).isEqualTo(5);

    compare(6);
    source.retain(List.of("parcels"));
    assertThat(status().rows()).isEqualTo(4);
    assertThat(status().problem()).isEmpty();
  }
}
