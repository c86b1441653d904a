package dev.freshet.core.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ContentHashTest {
  private static final Schema SCHEMA =
      Schema.of(
          Column.nullable("text", Simple.VARCHAR),
          Column.nullable("number", Simple.DOUBLE),
          Column.nullable("list", new DataType.Array(Simple.BIGINT)),
          Column.nullable("map", new DataType.Map(Simple.VARCHAR, Simple.BIGINT)));

  private static final List<@Nullable Object> A = Arrays.asList("a", 1.5, List.of(1L, 2L), null);
  private static final List<@Nullable Object> B = Arrays.asList("b", 0.0, null, Map.of("k", 1L));

  private record Weighted(long weight, List<@Nullable Object> row) {}

  private static Batch batch(Weighted... rows) {
    BatchBuilder builder = new BatchBuilder(SCHEMA, rows.length);
    for (Weighted row : rows) {
      builder.row(row.weight(), row.row().toArray());
    }
    return builder.build();
  }

  private static String hash(Batch... batches) {
    ContentHash hash = new ContentHash();
    for (Batch batch : batches) {
      hash.add(batch);
    }
    return hash.text();
  }

  @Test
  void dependsOnRowsAndTheirWeightsAlone() {
    String expected = hash(batch(new Weighted(1, A), new Weighted(2, B)));
    assertThat(hash(batch(new Weighted(1, B), new Weighted(1, A), new Weighted(1, B))))
        .isEqualTo(expected);
    assertThat(hash(batch(new Weighted(2, B)), batch(new Weighted(3, A), new Weighted(-2, A))))
        .isEqualTo(expected);
    assertThat(hash(batch(new Weighted(2, A), new Weighted(1, B)))).isNotEqualTo(expected);
    assertThat(hash(batch(new Weighted(1, A), new Weighted(-1, A)))).isEqualTo("0".repeat(32));
  }

  @Test
  void tellsValuesApartAndTakesEqualOnesForEqual() {
    List<List<@Nullable Object>> different =
        List.of(
            A,
            Arrays.asList("a", 1.5, List.of(1L), null),
            Arrays.asList("a", 1.5, List.of(2L, 1L), null),
            Arrays.asList("a", 1.5, List.of(1L, 2L), Map.of()),
            Arrays.asList("a", null, List.of(1L, 2L), null),
            Arrays.asList(null, 1.5, List.of(1L, 2L), null),
            Arrays.asList("", 1.5, List.of(1L, 2L), null));
    assertThat(different.stream().map(row -> hash(batch(new Weighted(1, row)))).distinct())
        .hasSameSizeAs(different);
    assertThat(hash(batch(new Weighted(1, Arrays.asList("b", -0.0, null, Map.of("k", 1L))))))
        .isEqualTo(hash(batch(new Weighted(1, B))));
  }
}
