package dev.freshet.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class GateTest {
  private static final Contract CONTRACT =
      new Contract(
          "orders",
          Schema.of(
              Column.notNull("id", Simple.BIGINT),
              Column.notNull("state", Simple.VARCHAR),
              Column.nullable("note", Simple.VARCHAR)),
          List.of("id"),
          "",
          "");

  @Test
  void bringsColumnsIntoTheContractsOrderAndLeavesOthersOut() {
    Schema captured =
        Schema.of(
            Column.nullable("extra", Simple.BIGINT),
            Column.nullable("state", Simple.VARCHAR),
            Column.notNull("id", Simple.BIGINT));
    Gate.Result result =
        new Gate(CONTRACT)
            .check(changes(new BatchBuilder(captured, 1).row(1, 5L, "new", 1L).build()), 7);

    assertThat(Values.readRow(result.accepted().rows(), 0)).containsExactly(1L, "new", null);
    assertThat(result.quarantined()).isEmpty();
  }

  @Test
  void quarantinesANullThatTheContractForbids() {
    Batch rows =
        new BatchBuilder(CONTRACT.schema(), 2)
            .row(1, 1L, null, "x")
            .row(1, 2L, "paid", null)
            .build();
    Gate.Result result = new Gate(CONTRACT).check(changes(rows), 7);

    assertThat(result.accepted().rowCount()).isEqualTo(1);
    assertThat(Values.readRow(result.accepted().rows(), 0)).containsExactly(2L, "paid", null);
    assertThat(result.quarantined())
        .containsExactly(
            new QuarantinedRow(
                "orders",
                7,
                Operation.INSERT,
                "{\"id\":1,\"state\":null,\"note\":\"x\"}",
                "column state is NULL, and NOT NULL in the contract"));
    assertThat(result.ledger().addsUp()).isTrue();
    assertThat(result.ledger()).isEqualTo(new Ledger(2, 1, 1));
  }

  @Test
  void takesAMissingCellForUnknownNotForNull() {
    Batch rows = new BatchBuilder(CONTRACT.schema(), 1).row(1, 1L, null, "x").build();
    TableChanges changes = changes(rows);
    changes.missing()[1] = new boolean[] {true};
    assertThat(new Gate(CONTRACT).check(changes, 7).quarantined()).isEmpty();
  }

  @Test
  void quarantinesEveryRowOfAShapeThatCannotPass() {
    Schema captured =
        Schema.of(Column.notNull("id", Simple.BIGINT), Column.nullable("state", Simple.BIGINT));
    Gate.Result result =
        new Gate(CONTRACT).check(changes(new BatchBuilder(captured, 1).row(1, 1L, 2L).build()), 7);
    assertThat(result.accepted().rowCount()).isZero();
    assertThat(result.quarantined().get(0).reason())
        .isEqualTo("column state is BIGINT at the source, and VARCHAR in the contract");
  }

  @Test
  void refusesAContractWhoseKeyIsNoColumn() {
    assertThatThrownBy(() -> new Contract("t", CONTRACT.schema(), List.of("nr"), "", ""))
        .hasMessageContaining("key column nr of table t is not among its columns");
  }

  private static TableChanges changes(Batch rows) {
    byte[] operations = new byte[rows.rowCount()];
    int[] beforeRow = new int[rows.rowCount()];
    boolean[][] missing = new boolean[rows.schema().columnCount()][];
    Arrays.fill(operations, Operation.INSERT.code());
    Arrays.fill(beforeRow, -1);
    Arrays.fill(missing, Vector.NO_NULLS);
    return new TableChanges(
        "orders",
        1,
        new int[] {0},
        operations,
        rows,
        missing,
        beforeRow,
        Batch.empty(rows.schema()),
        List.<RejectedRow>of());
  }
}
