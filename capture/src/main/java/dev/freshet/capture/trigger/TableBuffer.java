package dev.freshet.capture.trigger;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.SyntaxProblem;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The changes of one table until they are delivered. One thread owns it. */
final class TableBuffer {
  private static final int ROWS_EXPECTED = 16;
  private static final int NO_BEFORE = -1;
  private static final String NOTHING = "{}";

  private final CapturedTable table;
  private final BatchBuilder rows;
  private final BatchBuilder before;
  private final List<RejectedRow> rejected = new ArrayList<>();
  private byte[] operations = new byte[ROWS_EXPECTED];
  private int[] beforeRow = new int[ROWS_EXPECTED];
  private final boolean[][] missing;

  TableBuffer(CapturedTable table) {
    this.table = table;
    this.rows = new BatchBuilder(table.schema(), ROWS_EXPECTED);
    this.before = new BatchBuilder(table.schema(), ROWS_EXPECTED);
    this.missing = new boolean[table.schema().columnCount()][];
    Arrays.fill(missing, Vector.NO_NULLS);
  }

  CapturedTable table() {
    return table;
  }

  /** Rows, refused ones included. */
  int rowCount() {
    return rows.rowCount() + rejected.size();
  }

  /**
   * Takes a change as its trigger wrote it; what does not fit is refused.
   *
   * @param operation {@code i}, {@code u}, {@code d} or {@code t}
   * @param old the row before, {@code null} where there was none
   * @param now the row after, {@code null} where there is none
   * @return whether it is taken; otherwise the table is to be read anew: it had other columns, or
   *     nothing tells which row it was
   */
  boolean add(String operation, @Nullable String old, @Nullable String now) {
    Operation meant =
        switch (operation) {
          case "t" -> Operation.TRUNCATE;
          case "d" -> Operation.DELETE;
          case "i" -> Operation.INSERT;
          default -> Operation.UPDATE;
        };
    try {
      RowText last = old == null ? null : new RowText(table, old);
      RowText next = now == null ? null : new RowText(table, now);
      if ((last != null && last.isOfOtherColumns()) || (next != null && next.isOfOtherColumns())) {
        return false;
      }
      if (meant == Operation.TRUNCATE) {
        truncate();
      } else if (next == null && meant != Operation.DELETE) {
        refuse(
            meant,
            old,
            now,
            "the database kept nothing of the row as it is now; is it larger than it can write?");
      } else if (last == null && meant != Operation.INSERT) {
        return false; // its key was perhaps another one
      } else if (last == null) {
        append(Operation.INSERT, next, null, now);
      } else if (next == null) {
        delete(last, old);
      } else if (next.hasKeyOf(last)) {
        append(Operation.UPDATE, next, last, now);
      } else {
        delete(last, old);
        append(Operation.INSERT, next, null, now);
      }
    } catch (SyntaxProblem e) {
      refuse(meant, old, now, "it is no JSON: " + e.getMessage());
    }
    return true;
  }

  /** Takes a row of a snapshot. */
  void addSnapshot(@Nullable String text) {
    try {
      if (text == null) {
        refuse(Operation.SNAPSHOT, null, null, "it is larger than the database can write");
      } else {
        append(Operation.SNAPSHOT, new RowText(table, text), null, text);
      }
    } catch (SyntaxProblem e) {
      refuse(Operation.SNAPSHOT, null, text, "it is no JSON: " + e.getMessage());
    }
  }

  /** All rows are gone. */
  void truncate() {
    for (int column = 0; column < table.schema().columnCount(); column++) {
      rows.column(column).appendNull();
    }
    rows.endRow(1);
    note(Operation.TRUNCATE, NO_BEFORE);
  }

  private void append(
      Operation operation,
      @Nullable RowText next,
      @Nullable RowText last,
      @Nullable String original) {
    if (next == null) {
      return;
    }
    try {
      next.append(rows);
    } catch (CellProblem e) {
      refuse(operation, null, original, e.reason());
      return;
    }
    note(operation, last == null ? NO_BEFORE : appendBefore(last));
  }

  private int appendBefore(RowText last) {
    try {
      last.append(before);
      return before.rowCount() - 1;
    } catch (CellProblem e) {
      return NO_BEFORE; // what it was is not of its type; its key did not change
    }
  }

  private void delete(RowText last, @Nullable String original) {
    int row = rows.rowCount();
    try {
      last.appendReadable(rows, column -> markMissing(column, row));
    } catch (CellProblem e) {
      refuse(Operation.DELETE, original, null, e.reason());
      return;
    }
    note(Operation.DELETE, NO_BEFORE);
  }

  private void markMissing(int column, int row) {
    missing[column] = Arrays.copyOf(missing[column], Math.max(missing[column].length, row + 1));
    missing[column][row] = true;
  }

  private void note(Operation operation, int beforeIndex) {
    int row = rows.rowCount() - 1;
    if (row >= operations.length) {
      operations = Arrays.copyOf(operations, 2 * row);
      beforeRow = Arrays.copyOf(beforeRow, 2 * row);
    }
    operations[row] = operation.code();
    beforeRow[row] = beforeIndex;
  }

  private void refuse(
      Operation operation, @Nullable String old, @Nullable String now, String reason) {
    String original = now != null ? now : old != null ? old : NOTHING;
    rejected.add(new RejectedRow(operation, original, reason));
  }

  /** Hands the changes over; the buffer is then empty. */
  TableChanges take() {
    int count = rows.rowCount();
    boolean[][] lacking = new boolean[missing.length][];
    for (int column = 0; column < missing.length; column++) {
      lacking[column] =
          missing[column].length == 0 ? Vector.NO_NULLS : Arrays.copyOf(missing[column], count);
      missing[column] = Vector.NO_NULLS;
    }
    Batch built = rows.build();
    TableChanges changes =
        new TableChanges(
            table.table().name(),
            table.schemaVersion(),
            table.key(),
            Arrays.copyOf(operations, count),
            built,
            lacking,
            Arrays.copyOf(beforeRow, count),
            before.build(),
            rejected);
    rejected.clear();
    return changes;
  }
}
