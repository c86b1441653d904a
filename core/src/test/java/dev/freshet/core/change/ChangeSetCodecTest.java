package dev.freshet.core.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChangeSetCodecTest {
  private static final Schema SCHEMA =
      Schema.of(Column.notNull("id", Simple.BIGINT), Column.nullable("note", Simple.VARCHAR));

  @Test
  void readsBackOldKeysMissingCellsAndRejectedRows() {
    Batch rows = new BatchBuilder(SCHEMA, 2).row(1, 1L, "new").row(1, 2L, null).build();
    Batch before = new BatchBuilder(SCHEMA, 1).row(1, 7L, null).build();
    TableChanges table =
        new TableChanges(
            "orders",
            3,
            new int[] {0},
            new byte[] {Operation.INSERT.code(), Operation.UPDATE.code()},
            rows,
            new boolean[][] {Vector.NO_NULLS, {false, true}},
            new int[] {-1, 0},
            before,
            List.of(new RejectedRow(Operation.INSERT, "{\"id\": \"x\"}", "id is not a BIGINT")));
    ChangeSet changes =
        new ChangeSet("shop", new byte[] {9}, 11, 12, 13, ChangeSet.Part.MORE, List.of(table));

    ByteWriter out = new ByteWriter(16);
    ChangeSetCodec.write(out, changes);
    ChangeSet read = ChangeSetCodec.read(new ByteReader(out.array(), 0, out.length()));

    assertThat(read.source()).isEqualTo("shop");
    assertThat(read.position()).containsExactly(9);
    assertThat(read.part()).isEqualTo(ChangeSet.Part.MORE);
    assertThat(read.rowCount()).isEqualTo(3);
    TableChanges readTable = read.tables().get(0);
    assertThat(readTable.operation(1)).isEqualTo(Operation.UPDATE);
    assertThat(readTable.isMissing(1, 1)).isTrue();
    assertThat(readTable.isMissing(1, 0)).isFalse();
    assertThat(readTable.beforeRow()).containsExactly(-1, 0);
    assertThat(Values.readRow(readTable.before(), 0)).containsExactly(7L, null);
    assertThat(readTable.rejected()).isEqualTo(table.rejected());
  }
}
