package dev.freshet.debezium;

import dev.freshet.capture.SourceTable;
import dev.freshet.capture.rows.CellProblem;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Schema;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Gathers the changes of one table under one shape. The capture's task owns it. */
final class TableBuffer {
  private static final int CELL_BYTES = 8;

  private final TableShape shape;
  private final BatchBuilder rows;
  private final boolean[][] missing;
  private byte[] operations = new byte[16];
  private final List<RejectedRow> rejected = new ArrayList<>();
  private long bytes;

  TableBuffer(TableShape shape) {
    this.shape = shape;
    Schema schema = shape.table().schema();
    this.rows = new BatchBuilder(schema, 16);
    this.missing = new boolean[schema.columnCount()][];
    Arrays.fill(missing, Vector.NO_NULLS);
  }

  TableShape shape() {
    return shape;
  }

  /** That a table has no rows any more. */
  static TableChanges truncation(SourceTable table) {
    BatchBuilder row = new BatchBuilder(table.schema(), 1);
    for (int c = 0; c < table.schema().columnCount(); c++) {
      row.column(c).appendNull();
    }
    row.endRow(1);
    return new TableChanges(
        table.name(),
        table.schemaVersion(),
        table.keyColumns(),
        new byte[] {Operation.TRUNCATE.code()},
        row.build(),
        new boolean[table.schema().columnCount()][0],
        new int[] {-1},
        Batch.empty(table.schema()),
        List.of());
  }

  /** A guess at the memory that the rows take. */
  long bytes() {
    return bytes;
  }

  int rowCount() {
    return rows.rowCount();
  }

  int refusedCount() {
    return rejected.size();
  }

  void truncate() {
    for (int c = 0; c < missing.length; c++) {
      rows.column(c).appendNull();
    }
    endRow(Operation.TRUNCATE);
  }

  void add(Operation operation, Struct row) {
    List<Field> fields = row.schema().fields();
    for (int c = 0; c < fields.size(); c++) {
      Object value = row.getWithoutDefault(fields.get(c).name());
      String trouble = append(c, value);
      if (trouble == null) {
        continue;
      }
      if (operation != Operation.DELETE || shape.isKey(c)) {
        reject(operation, row, c, trouble);
        return;
      }
      rows.column(c).appendNull();
      setMissing(c, rows.rowCount());
    }
    endRow(operation);
  }

  private @Nullable String append(int column, @Nullable Object value) {
    bytes += CELL_BYTES + sizeOf(value);
    if (value == null) {
      rows.column(column).appendNull();
      return null;
    }
    try {
      shape.cells().get(column).reader().append(rows.column(column), value);
      return null;
    } catch (CellProblem e) {
      rows.column(column).truncate(rows.rowCount());
      return e.getMessage();
    }
  }

  private static int sizeOf(@Nullable Object value) {
    return switch (value) {
      case String text -> text.length();
      case byte[] array -> array.length;
      case ByteBuffer buffer -> buffer.remaining();
      case null, default -> 0;
    };
  }

  private void endRow(Operation operation) {
    int row = rows.rowCount();
    if (row == operations.length) {
      operations = Arrays.copyOf(operations, row * 2);
    }
    operations[row] = operation.code();
    rows.endRow(1);
  }

  private void setMissing(int column, int row) {
    if (missing[column].length <= row) {
      missing[column] = Arrays.copyOf(missing[column], Math.max(row + 1, row * 2));
    }
    missing[column][row] = true;
  }

  private void reject(Operation operation, Struct row, int column, String trouble) {
    rows.abandonRow();
    for (boolean[] mask : missing) {
      if (mask.length > rows.rowCount()) {
        mask[rows.rowCount()] = false;
      }
    }
    rejected.add(
        new RejectedRow(
            operation,
            original(row),
            "Column " + row.schema().fields().get(column).name() + ": " + trouble));
  }

  private static String original(Struct row) {
    StringBuilder text = new StringBuilder("{");
    for (Field field : row.schema().fields()) {
      text.append(text.length() == 1 ? "" : ",");
      JsonText.appendText(text, field.name());
      text.append(':');
      Object value = row.getWithoutDefault(field.name());
      switch (value) {
        case null -> text.append("null");
        case byte[] array -> JsonText.appendText(text, HexFormat.of().formatHex(array));
        case ByteBuffer buffer -> {
          byte[] array = new byte[buffer.remaining()];
          buffer.duplicate().get(array);
          JsonText.appendText(text, HexFormat.of().formatHex(array));
        }
        default -> JsonText.appendText(text, value.toString());
      }
    }
    return text.append('}').toString();
  }

  TableChanges take() {
    int count = rows.rowCount();
    int[] noBefore = new int[count];
    Arrays.fill(noBefore, -1);
    boolean[][] masks = new boolean[missing.length][];
    for (int c = 0; c < masks.length; c++) {
      masks[c] = missing[c].length == 0 ? missing[c] : Arrays.copyOf(missing[c], count);
    }
    return new TableChanges(
        shape.name(),
        shape.table().schemaVersion(),
        shape.table().keyColumns(),
        Arrays.copyOf(operations, count),
        rows.build(),
        masks,
        noBefore,
        Batch.empty(shape.table().schema()),
        rejected);
  }
}
