package dev.freshet.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LakeHistoryTest {
  private static final Schema SCHEMA =
      Schema.of(Column.notNull("id", Simple.BIGINT), Column.nullable("note", Simple.VARCHAR));
  private static final Schema GROWN =
      Schema.of(
          Column.notNull("id", Simple.BIGINT),
          Column.nullable("note", Simple.VARCHAR),
          Column.nullable("extra", Simple.INTEGER));
  private static final LakeOptions OPTIONS = new LakeOptions(3, 3, 1_000);

  private final Storage storage = new CuttingStorage(1);

  @Test
  void keepsEveryChangeAsItCame() {
    Lake lake = Lake.open(storage, OPTIONS);
    LakeTable table = lake.history("bronze.orders", SCHEMA);
    BatchBuilder rows = new BatchBuilder(SCHEMA, 3);
    rows.row(1, 1L, "a").row(1, 2L, null).row(1, 3L, null);
    boolean[][] missing = {new boolean[0], {false, true, false}};
    stage(
        lake,
        1,
        table,
        rows.build(),
        missing,
        17,
        Operation.INSERT,
        Operation.UPDATE,
        Operation.DELETE);
    lake.publish(1, Map.of());
    assertThat(TestRows.of(LakeReader.open(storage), "bronze.orders"))
        .containsExactly(
            "[insert, [7, 8], 1970-01-01T00:00:00.000100Z, 1970-01-01T00:00:00.000200Z, 42, 1, 17,"
                + " 0, null, 1, a]",
            "[update, [7, 8], 1970-01-01T00:00:00.000100Z, 1970-01-01T00:00:00.000200Z, 42, 1, 17,"
                + " 1, [note], 2, null]",
            "[delete, [7, 8], 1970-01-01T00:00:00.000100Z, 1970-01-01T00:00:00.000200Z, 42, 1, 17,"
                + " 2, null, 3, null]");
  }

  @Test
  void onlyEverGrowsAndMergesItsFiles() {
    Lake lake = Lake.open(storage, OPTIONS);
    LakeTable table = lake.history("bronze.orders", SCHEMA);
    for (long step = 1; step <= 30; step++) {
      stageInsert(lake, step, table, new BatchBuilder(SCHEMA, 1).row(1, step, "n").build());
      lake.publish(step, Map.of());
      assertThat(TestRows.of(LakeReader.open(storage), "bronze.orders")).hasSize((int) step);
    }
    long dataFiles = storage.list("lake/bronze/orders/data").size();
    assertThat(dataFiles).isLessThan(30);
  }

  @Test
  void takesColumnsThatAppearLater() {
    Lake lake = Lake.open(storage, OPTIONS);
    stageInsert(
        lake,
        1,
        lake.history("bronze.orders", SCHEMA),
        new BatchBuilder(SCHEMA, 1).row(1, 1L, "old").build());
    lake.publish(1, Map.of());
    Lake later = Lake.open(storage, OPTIONS);
    LakeTable grown = later.history("bronze.orders", GROWN);
    stageInsert(later, 2, grown, new BatchBuilder(GROWN, 1).row(1, 2L, "new", 5).build());
    later.publish(2, Map.of());
    assertThat(TestRows.of(LakeReader.open(storage), "bronze.orders"))
        .anySatisfy(row -> assertThat(row).endsWith("1, old, null]"))
        .anySatisfy(row -> assertThat(row).endsWith("2, new, 5]"))
        .hasSize(2);
  }

  @Test
  void rejectsAColumnThatChangedItsType() {
    Lake lake = Lake.open(storage, OPTIONS);
    stageInsert(
        lake,
        1,
        lake.history("bronze.orders", SCHEMA),
        new BatchBuilder(SCHEMA, 1).row(1, 1L, "old").build());
    lake.publish(1, Map.of());
    Schema other = Schema.of(Column.notNull("id", Simple.VARCHAR));
    Lake later = Lake.open(storage, OPTIONS);
    assertThatThrownBy(() -> later.history("bronze.orders", other))
        .hasMessageContaining("Cannot write column id of lake table bronze.orders: it is long");
  }

  private static void stageInsert(Lake lake, long step, LakeTable table, Batch rows) {
    boolean[][] missing = new boolean[rows.columns().length][0];
    stage(lake, step, table, rows, missing, step, Operation.INSERT);
  }

  private static void stage(
      Lake lake,
      long step,
      LakeTable table,
      Batch rows,
      boolean[][] missing,
      long offset,
      Operation... operations) {
    byte[] codes = new byte[operations.length];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = operations[i].code();
    }
    int[] before = new int[codes.length];
    Arrays.fill(before, -1);
    TableChanges changes =
        new TableChanges(
            "orders",
            1,
            new int[] {0},
            codes,
            rows,
            missing,
            before,
            Batch.empty(rows.schema()),
            List.of());
    ChangeSet set =
        new ChangeSet(
            "shop", new byte[] {7, 8}, 100, 200, 42, ChangeSet.Part.LAST, List.of(changes));
    lake.stage(step, table, set, changes, offset);
  }
}
