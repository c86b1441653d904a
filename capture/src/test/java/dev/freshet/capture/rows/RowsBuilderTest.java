package dev.freshet.capture.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.freshet.contracts.Contract;
import dev.freshet.contracts.mask.Mask;
import dev.freshet.contracts.mask.Masking;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowsBuilderTest {
  private final RowsBuilder rows =
      new RowsBuilder(
          new Contract(
              "t",
              Schema.of(
                  Column.notNull("id", Simple.BIGINT), Column.notNull("count", Simple.BIGINT)),
              List.of("id"),
              "",
              ""),
          RowChange.UPSERT,
          4);

  private void fill(int column, long value) {
    rows.fills(column);
    rows.column(column).appendLong(value);
  }

  private void row(long id) {
    rows.begin();
    fill(0, id);
    fill(1, id);
    rows.end(() -> "row " + id);
  }

  @Test
  void takesBackAllRowsSinceAMark() {
    row(1);
    RowsBuilder.Mark mark = rows.mark();
    row(2);
    rows.begin();
    rows.end(() -> "without values");
    rows.begin();
    fill(0, 3);
    rows.withdraw(mark);
    row(4);
    DecodedRows built = rows.build();
    assertThat(built.refused()).isEmpty();
    assertThat(built.changes().rejected()).isEmpty();
    assertThat(built.changes().rowCount()).isEqualTo(2);
    assertThat(JsonText.row(built.changes().rows(), 1)).isEqualTo("{\"id\":4,\"count\":4}");
  }

  @Test
  void refusesAllRowsSinceAMarkAsOne() {
    RowsBuilder.Mark mark = rows.mark();
    row(1);
    rows.begin();
    rows.unsent(1);
    rows.refuseSince(mark, CellProblem.value("why"), () -> "the message");
    row(2);
    DecodedRows built = rows.build();
    assertThat(built.refused()).hasSize(1);
    assertThat(built.changes().rejected())
        .singleElement()
        .satisfies(row -> assertThat(row.original()).isEqualTo("the message"));
    assertThat(built.changes().rowCount()).isEqualTo(1);
    assertThat(built.changes().isMissing(1, 0)).isFalse();
  }

  @Test
  void doesNotAskForTheOriginalsOfATableWithMasks() {
    Schema schema = Schema.of(Column.notNull("id", Simple.BIGINT));
    Masking masking = new Masking(schema, Map.of("id", Mask.Plain.HASH));
    RowsBuilder masked =
        new RowsBuilder(
            new Contract("t", schema, List.of(), "", "").with(masking).received(),
            RowChange.UPSERT,
            4);
    masked.begin();
    masked.end(() -> fail("not kept"));
    masked.refuseSince(masked.mark(), CellProblem.value("why"), () -> fail("not kept"));
    assertThat(masked.build().changes().rejected())
        .hasSize(2)
        .allSatisfy(row -> assertThat(row.original()).isEqualTo(RejectedRow.NOT_KEPT));
  }

  @Test
  void tellsWhatTheSourceDidNotSendFromNull() {
    row(1);
    rows.begin();
    fill(0, 2);
    rows.fills(1);
    rows.unsent(1);
    rows.end(() -> "");
    rows.begin();
    rows.change(RowChange.DELETE);
    fill(0, 3);
    rows.end(() -> "");
    TableChanges changes = rows.build().changes();
    assertThat(changes.rejected()).isEmpty();
    assertThat(changes.missing()[1]).containsExactly(false, true, true);
    assertThat(changes.missing()[0]).isEmpty();
  }
}
