package dev.freshet.capture.postgres;

import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.Check;
import dev.freshet.core.type.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers the changes of one table under one shape. The thread that decodes owns it. */
final class TableBuffer {
  private static final int[] NO_ROWS = {};

  private final TableShape shape;

  /** Takes the keys of changes that say only a part of their row; {@code null} for a stream's. */
  private final @Nullable Rereads rereads;

  private final ColumnType[] types;
  private final boolean[] notNull;
  private final BatchBuilder rows;
  private final BatchBuilder before;
  private byte[] operations = new byte[16];
  private int[] beforeRow = NO_ROWS;
  private boolean[][] missing;
  private List<RejectedRow> rejected = new ArrayList<>();

  TableBuffer(TableShape shape) {
    this(shape, null);
  }

  /**
   * @param rereads when nobody may know what a change does not say of its row: instead of the
   *     change the row is gone then, and is to be read by its key
   */
  TableBuffer(TableShape shape, @Nullable Rereads rereads) {
    this.shape = shape;
    this.rereads = rereads;
    this.rows = new BatchBuilder(shape.schema(), 0);
    this.before = new BatchBuilder(shape.schema(), 0);
    int count = shape.columns().size();
    this.types = new ColumnType[count];
    this.notNull = new boolean[count];
    for (int i = 0; i < count; i++) {
      types[i] = shape.columns().get(i).type();
      notNull[i] = shape.columns().get(i).nullability() == Column.Nullability.NOT_NULL;
    }
    this.missing = new boolean[count][];
    Arrays.fill(missing, Vector.NO_NULLS);
  }

  TableShape shape() {
    return shape;
  }

  /** Rows gathered, rejected ones included. */
  int rowCount() {
    return rows.rowCount() + rejected.size();
  }

  /** The first column that is declared NOT NULL and is null in this new row, or -1. */
  int brokenNotNull(Tuple row) {
    for (int c = 0; c < notNull.length; c++) {
      if (notNull[c] && row.form(c) == Tuple.NULL) {
        return c;
      }
    }
    return -1;
  }

  void insert(byte[] message, Tuple row) {
    checkWidth(row);
    appendNew(Operation.INSERT, message, row, null);
  }

  /** A row of the snapshot. */
  void snapshot(byte[] message, Tuple row) {
    appendNew(Operation.SNAPSHOT, message, row, null);
  }

  /**
   * @param old the old row or key as the server sent it, or {@code null}
   */
  void update(byte[] message, Tuple row, @Nullable Tuple old) {
    checkWidth(row);
    if (rereads != null && !isWhole(row, old)) {
      reread(rereads, message, row, old);
      return;
    }
    if (!appendNew(Operation.UPDATE, message, row, old) || old == null) {
      return;
    }
    for (int c = 0; c < types.length; c++) {
      if (!old.hasValue(c) || appendCell(before, c, c, message, old) != null) {
        before.column(c).appendNull();
      }
    }
    int index = before.rowCount();
    before.endRow(1);
    setBeforeRow(rows.rowCount() - 1, index);
  }

  private static boolean isWhole(Tuple row, @Nullable Tuple old) {
    for (int c = 0; c < row.count(); c++) {
      if (row.form(c) == Tuple.UNCHANGED && (old == null || !old.hasValue(c))) {
        return false;
      }
    }
    return true;
  }

  private void reread(Rereads keys, byte[] message, Tuple row, @Nullable Tuple old) {
    delete(message, old == null ? row : old, Sent.KEY);
    BatchBuilder into = keys.next(shape);
    for (int i = 0; i < shape.key().length; i++) {
      int c = shape.key()[i];
      Tuple from = row.hasValue(c) || old == null ? row : old;
      if (!from.hasValue(c) || appendCell(into, i, c, message, from) != null) {
        into.abandonRow();
        return; // not decoded here, nor when it is read
      }
    }
    keys.added(shape);
  }

  /**
   * @param sent how much of the old row was sent
   */
  void delete(byte[] message, Tuple old, Sent sent) {
    checkWidth(old);
    for (int c = 0; c < types.length; c++) {
      boolean known = sent == Sent.WHOLE_ROW || shape.identity()[c];
      if (known && old.form(c) == Tuple.NULL) {
        rows.column(c).appendNull();
        continue;
      }
      String trouble = known && old.hasValue(c) ? appendCell(rows, c, c, message, old) : "";
      if (trouble != null) {
        if (isKey(c)) {
          reject(Operation.DELETE, message, old, null, c, trouble);
          return;
        }
        rows.column(c).appendNull();
        setMissing(c, rows.rowCount());
      }
    }
    endRow(Operation.DELETE);
  }

  /** How much of an old row a message holds. */
  enum Sent {
    KEY,
    WHOLE_ROW
  }

  void truncate() {
    for (int c = 0; c < types.length; c++) {
      rows.column(c).appendNull();
    }
    endRow(Operation.TRUNCATE);
  }

  /** Appends a new row; {@code false} when it was rejected. */
  private boolean appendNew(Operation operation, byte[] message, Tuple row, @Nullable Tuple old) {
    for (int c = 0; c < types.length; c++) {
      VectorBuilder out = rows.column(c);
      String trouble = null;
      switch (row.form(c)) {
        case Tuple.NULL -> out.appendNull();
        case Tuple.BINARY ->
            trouble = BinaryCells.append(out, types[c], message, row.start(c), row.length(c));
        case Tuple.TEXT ->
            trouble = TextCells.append(out, types[c], message, row.start(c), row.length(c));
        default -> trouble = appendUnchanged(message, old, c);
      }
      if (trouble != null) {
        reject(operation, message, row, old, c, trouble);
        return false;
      }
    }
    endRow(operation);
    return true;
  }

  /**
   * A value that the update left as it was and the server did not send: the old row may have it.
   */
  private @Nullable String appendUnchanged(byte[] message, @Nullable Tuple old, int c) {
    if (old != null && old.hasValue(c)) {
      return appendCell(rows, c, c, message, old);
    }
    rows.column(c).appendNull();
    setMissing(c, rows.rowCount());
    return null;
  }

  /**
   * @param c the column to append to
   * @param cell the column of the table
   */
  private @Nullable String appendCell(
      BatchBuilder out, int c, int cell, byte[] message, Tuple tuple) {
    VectorBuilder into = out.column(c);
    int start = tuple.start(cell);
    int length = tuple.length(cell);
    return tuple.form(cell) == Tuple.BINARY
        ? BinaryCells.append(into, types[cell], message, start, length)
        : TextCells.append(into, types[cell], message, start, length);
  }

  private void endRow(Operation operation) {
    int row = rows.rowCount();
    if (row == operations.length) {
      operations = Arrays.copyOf(operations, row * 2);
    }
    operations[row] = operation.code();
    rows.endRow(1);
  }

  private boolean isKey(int column) {
    for (int key : shape.key()) {
      if (key == column) {
        return true;
      }
    }
    return false;
  }

  private void setMissing(int column, int row) {
    if (missing[column].length <= row) {
      missing[column] =
          Arrays.copyOf(missing[column], Math.max(row + 1, missing[column].length * 2));
    }
    missing[column][row] = true;
  }

  private void setBeforeRow(int row, int index) {
    if (beforeRow.length <= row) {
      int from = beforeRow.length;
      beforeRow = Arrays.copyOf(beforeRow, Math.max(row + 1, from * 2));
      Arrays.fill(beforeRow, from, beforeRow.length, -1);
    }
    beforeRow[row] = index;
  }

  private void reject(
      Operation operation,
      byte[] message,
      Tuple row,
      @Nullable Tuple old,
      int column,
      String trouble) {
    rows.abandonRow();
    clearMissing(rows.rowCount());
    RejectedText text = new RejectedText();
    for (int c = 0; c < types.length; c++) {
      Tuple from = row.form(c) == Tuple.UNCHANGED && old != null ? old : row;
      if (from.form(c) != Tuple.UNCHANGED) {
        text.add(shape.columns().get(c).name(), cellText(message, from, c));
      }
    }
    rejected.add(
        new RejectedRow(
            operation,
            text.toString(),
            "Column " + shape.columns().get(column).name() + " " + trouble));
  }

  private void clearMissing(int row) {
    for (boolean[] mask : missing) {
      if (mask.length > row) {
        mask[row] = false;
      }
    }
  }

  private @Nullable String cellText(byte[] message, Tuple tuple, int c) {
    return switch (tuple.form(c)) {
      case Tuple.BINARY -> CellText.ofBinary(types[c], message, tuple.start(c), tuple.length(c));
      case Tuple.TEXT -> CellText.ofText(message, tuple.start(c), tuple.length(c));
      default -> null;
    };
  }

  private void checkWidth(Tuple row) {
    Check.that(
        row.count() == types.length, "a row has its relation's width", row.count(), types.length);
  }

  /** Hands over what was gathered and begins anew. */
  TableChanges take() {
    int count = rows.rowCount();
    int[] beforeRows = Arrays.copyOf(beforeRow, count);
    if (beforeRow.length < count) {
      Arrays.fill(beforeRows, beforeRow.length, count, -1);
    }
    boolean[][] masks = new boolean[missing.length][];
    for (int c = 0; c < masks.length; c++) {
      masks[c] = missing[c].length == 0 ? missing[c] : Arrays.copyOf(missing[c], count);
      missing[c] = Vector.NO_NULLS;
    }
    byte[] codes = Arrays.copyOf(operations, count);
    beforeRow = NO_ROWS;
    List<RejectedRow> refused = rejected;
    rejected = new ArrayList<>();
    return new TableChanges(
        shape.name(),
        shape.version(),
        shape.key(),
        codes,
        rows.build(),
        masks,
        beforeRows,
        before.build(),
        refused);
  }
}
