package dev.freshet.core.change;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.error.Check;
import java.util.Arrays;
import java.util.List;

/**
 * The changes of one table in one {@link ChangeSet}, in the source's order.
 *
 * <pre>
 * row of {@code rows}     INSERT, UPDATE, SNAPSHOT: the new row.  DELETE: the old row as far as the source sent it
 *                         (at least the key).  TRUNCATE: all NULL.
 * {@code missing[c][r]}   the source did not send cell r of column c: an unchanged TOASTed value of an UPDATE, or a column
 *                         outside the replica identity of a DELETE. The cell then reads NULL and means "unknown", never NULL.
 *                         {@code missing[c]} is {@link dev.freshet.core.batch.Vector#NO_NULLS} when nothing of c is missing.
 * {@code beforeRow[r]}    the row of {@code before} with the old key or the old row of change r, or -1 when the source sent
 *                         none (then the key did not change).
 * </pre>
 *
 * <p>Weights of both batches are all +1 and mean nothing. Immutable; arrays are not to be written
 * to.
 *
 * @param table the source table's name as Freshet knows it
 * @param schemaVersion counts the shapes of this table that the source has shown, from 1
 * @param keyColumns positions of the key's columns; empty for a table without a key
 * @param operations {@link Operation} codes, one per row
 * @param rejected rows that could not be decoded; they are not in {@code rows}
 */
@SuppressWarnings("ArrayRecordComponent") // read-only by contract; columnar data is arrays
public record TableChanges(
    String table,
    int schemaVersion,
    int[] keyColumns,
    byte[] operations,
    Batch rows,
    boolean[][] missing,
    int[] beforeRow,
    Batch before,
    List<RejectedRow> rejected) {
  public TableChanges {
    Check.that(
        operations.length == rows.rowCount(),
        "one operation per row",
        operations.length,
        rows.rowCount());
    Check.that(
        beforeRow.length == rows.rowCount(),
        "one before-row per row",
        beforeRow.length,
        rows.rowCount());
    Check.that(
        missing.length == rows.schema().columnCount(),
        "one missing mask per column",
        missing.length,
        rows.schema().columnCount());
    rejected = List.copyOf(rejected);
  }

  /**
   * Inserts of whole rows, in the first shape of their table.
   *
   * @param keyColumns positions of the key's columns
   */
  public static TableChanges inserts(String table, Batch rows, int... keyColumns) {
    byte[] operations = new byte[rows.rowCount()];
    Arrays.fill(operations, Operation.INSERT.code());
    int[] noBefore = new int[rows.rowCount()];
    Arrays.fill(noBefore, -1);
    boolean[][] nothingMissing = new boolean[rows.schema().columnCount()][];
    Arrays.fill(nothingMissing, Vector.NO_NULLS);
    return new TableChanges(
        table,
        1,
        keyColumns.clone(),
        operations,
        rows,
        nothingMissing,
        noBefore,
        Batch.empty(rows.schema()),
        List.of());
  }

  public int rowCount() {
    return operations.length;
  }

  public Operation operation(int row) {
    return Operation.of(operations[row]);
  }

  public boolean isMissing(int column, int row) {
    boolean[] mask = missing[column];
    return mask.length > 0 && mask[row];
  }
}
