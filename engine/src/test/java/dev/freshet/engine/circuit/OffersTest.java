package dev.freshet.engine.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OffersTest {
  private static final Schema SCHEMA = Schema.of(Column.notNull("n", Simple.BIGINT));
  private final SourceNode one = new SourceNode("one", SCHEMA);
  private final SourceNode two = new SourceNode("two", SCHEMA);

  private static Batch rows(int count) {
    BatchBuilder rows = new BatchBuilder(SCHEMA, count);
    for (long n = 0; n < count; n++) {
      rows.row(1, n);
    }
    return rows.build();
  }

  @Test
  void givesStepsTogetherUpToANumberOfRows() {
    Offers offers = new Offers(1 << 20);
    offers.add(Map.of(one, rows(3)), Map.of());
    offers.add(Map.of(), Map.of());
    offers.add(Map.of(one, rows(2), two, rows(1)), Map.of());
    offers.add(Map.of(two, rows(9)), Map.of());
    Map<Node, Batch> first = offers.poll(6).orElseThrow().changes();
    assertThat(first.get(one).rowCount()).isEqualTo(5);
    assertThat(first.get(two).rowCount()).isEqualTo(1);
    assertThat(offers.poll(6).orElseThrow().changes().get(two).rowCount()).isEqualTo(9);
    assertThat(offers.poll(6)).isEmpty();
  }

  @Test
  void tellsWhenMoreCameThanItMayKeep() {
    Offers offers = new Offers(1 << 20);
    for (int i = 0; i < 1_000; i++) {
      offers.add(Map.of(one, rows(1_000)), Map.of());
    }
    assertThatThrownBy(() -> offers.poll(6))
        .isInstanceOf(FreshetException.class)
        .hasMessageStartingWith(
            "Cannot compute the views beside the others: more than 1 MiB of changes came in");
  }

  @Test
  void whatWasTakenIsNotCounted() {
    Offers offers = new Offers(1 << 20);
    for (int i = 0; i < 1_000; i++) {
      offers.add(Map.of(one, rows(1_000)), Map.of());
      assertThat(offers.poll(1)).isPresent();
    }
    assertThat(offers.poll(1)).isEmpty();
  }
}
