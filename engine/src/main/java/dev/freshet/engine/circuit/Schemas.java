package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BooleanVector;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.List;

/** Schemas of inner batches, whose names do not matter but must differ. */
final class Schemas {
  private Schemas() {}

  /** The types of the columns at these positions under the names c0, c1, ... */
  static Schema numbered(Schema schema, int[] columns) {
    List<Column> numbered = new ArrayList<>(columns.length);
    for (int i = 0; i < columns.length; i++) {
      Column column = schema.column(columns[i]);
      numbered.add(new Column("c" + i, column.type(), column.nullability()));
    }
    return new Schema(numbered);
  }

  /** Whether a BOOLEAN cell is TRUE. */
  static boolean isTrue(Batch batch, int column, int row) {
    BooleanVector vector = (BooleanVector) batch.column(column);
    return !vector.isNull(row) && vector.values()[row];
  }

  static int[] toArray(List<Integer> positions) {
    return positions.stream().mapToInt(Integer::intValue).toArray();
  }

  /** 0, 1, ..., count - 1. */
  static int[] range(int count) {
    int[] positions = new int[count];
    for (int i = 0; i < count; i++) {
      positions[i] = i;
    }
    return positions;
  }
}
