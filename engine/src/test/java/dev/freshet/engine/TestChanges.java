package dev.freshet.engine;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Builds changes of a table row by row. */
final class TestChanges {
  private final String table;
  private final Schema schema;
  private final BatchBuilder rows;
  private final BatchBuilder before;
  private final List<Operation> operations = new ArrayList<>();
  private final List<Integer> beforeRows = new ArrayList<>();
  private final List<List<Integer>> missing = new ArrayList<>();

  TestChanges(String table, Schema schema) {
    this.table = table;
    this.schema = schema;
    this.rows = new BatchBuilder(schema, 0);
    this.before = new BatchBuilder(schema, 0);
  }

  TestChanges insert(Object... values) {
    return add(Operation.INSERT, -1, List.of(), values);
  }

  TestChanges delete(Object... values) {
    return add(Operation.DELETE, -1, List.of(), values);
  }

  TestChanges truncate() {
    return add(Operation.TRUNCATE, -1, List.of(), new Object[schema.columnCount()]);
  }

  /** An update that did not send one column. */
  TestChanges updateWithout(int column, Object... values) {
    return add(Operation.UPDATE, -1, List.of(column), values);
  }

  /** An update that sent the old row. */
  TestChanges move(List<Object> old, Object... values) {
    before.row(1, old.toArray());
    return add(Operation.UPDATE, before.rowCount() - 1, List.of(), values);
  }

  private TestChanges add(
      Operation operation, int beforeRow, List<Integer> absent, Object... values) {
    operations.add(operation);
    beforeRows.add(beforeRow);
    missing.add(absent);
    rows.row(1, values);
    return this;
  }

  TableChanges build(int... key) {
    int count = operations.size();
    byte[] codes = new byte[count];
    boolean[][] masks = new boolean[schema.columnCount()][];
    Arrays.fill(masks, Vector.NO_NULLS);
    for (int i = 0; i < count; i++) {
      codes[i] = operations.get(i).code();
      for (int column : missing.get(i)) {
        masks[column] = masks[column].length == 0 ? new boolean[count] : masks[column];
        masks[column][i] = true;
      }
    }
    Batch built = rows.build();
    return new TableChanges(
        table,
        1,
        key,
        codes,
        built,
        masks,
        beforeRows.stream().mapToInt(Integer::intValue).toArray(),
        before.build(),
        List.of());
  }
}
