package dev.freshet.core.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowsTest {
  private static final Schema SCHEMA =
      Schema.of(Column.nullable("n", Simple.DOUBLE), Column.nullable("t", Simple.VARCHAR));
  private static final int[] BOTH = {0, 1};

  private final Batch batch =
      new BatchBuilder(SCHEMA, 4)
          .row(1, 0.0, "a")
          .row(1, -0.0, "a")
          .row(1, Double.NaN, "b")
          .row(1, null, null)
          .build();

  @Test
  void groupsZerosTogetherAndNullsFirst() {
    assertThat(Rows.compare(batch, 0, BOTH, batch, 1, BOTH)).isZero();
    assertThat(Rows.compare(batch, 3, BOTH, batch, 0, BOTH)).isNegative();
    assertThat(Rows.compare(batch, 2, BOTH, batch, 0, BOTH)).isPositive();
  }

  @Test
  void hashesEqualRowsEqually() {
    long[] hashes = Hashing.hashRows(batch, BOTH);
    assertThat(hashes[0]).isEqualTo(hashes[1]);
    assertThat(hashes[0]).isNotEqualTo(hashes[2]).isNotEqualTo(hashes[3]);
  }

  @Test
  void gathersRowsInTheAskedOrder() {
    Batch gathered = Rows.gather(batch, new int[] {3, 0, 0}, 3);
    assertThat(Values.readRow(gathered, 0)).containsExactly(null, null);
    assertThat(Values.readRow(gathered, 2)).containsExactly(0.0, "a");
    assertThat(Rows.concat(SCHEMA, List.of(gathered, batch)).rowCount()).isEqualTo(7);
  }
}
