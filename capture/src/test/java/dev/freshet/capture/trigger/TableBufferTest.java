package dev.freshet.capture.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.trigger.CapturedTable.ColumnShape;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.DataType.Simple;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableBufferTest {
  private static final String ROW = "{\"id\": 1}";

  private final TableBuffer buffer =
      new TableBuffer(
          CapturedTable.of(
              new TriggerSettings.Table("orders", "orders", List.of()),
              "shop.orders",
              "shop.orders",
              "shop.orders",
              List.of(new ColumnShape("id", Simple.INTEGER, CellForm.PLAIN, "", false, 1))));

  /** The row is there: that the database could not write it is no reason to delete it. */
  @Test
  void refusesAnUpdateWithoutTheRowAfterIt() {
    assertThat(buffer.add("u", ROW, null)).isTrue();
    TableChanges changes = buffer.take();
    assertThat(changes.rowCount()).isZero();
    assertThat(changes.rejected())
        .singleElement()
        .satisfies(row -> {
          assertThat(row.operation()).isEqualTo(Operation.UPDATE);
          assertThat(row.reason()).contains("the row as it is now");
        });
  }

  /** Under which key it was is not known, and may be another one than now. */
  @Test
  void takesNoChangeOfARowThatTheDatabaseCouldNotWrite() {
    assertThat(buffer.add("u", null, ROW)).isFalse();
    assertThat(buffer.add("d", null, null)).isFalse();
    assertThat(buffer.rowCount()).isZero();
  }

  /** Until it is small enough it stays as it was. */
  @Test
  void refusesAnUpdateOfWhichTheDatabaseCouldWriteNothing() {
    assertThat(buffer.add("u", null, null)).isTrue();
    assertThat(buffer.take().rejected()).hasSize(1);
  }

  @Test
  void takesADelete() {
    assertThat(buffer.add("d", ROW, null)).isTrue();
    assertThat(buffer.take().operation(0)).isEqualTo(Operation.DELETE);
  }
}
