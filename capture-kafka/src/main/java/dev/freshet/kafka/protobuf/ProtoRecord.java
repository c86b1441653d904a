package dev.freshet.kafka.protobuf;

import dev.freshet.capture.connect.Times;
import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.RowsBuilder;
import dev.freshet.capture.rows.TableFields;
import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.kafka.budget.DecodeBudget;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How messages of one type fill the columns of one table: each field the column of its name. One
 * thread owns it.
 */
public final class ProtoRecord {
  private final Found found;
  private final int[] columns;
  private final @Nullable FieldCell[] cells;
  private final boolean refusesUnknown;

  /** Why no row of this type fits: a field that is no column; null when there is none. */
  private final @Nullable CellProblem unknown;

  /**
   * @param place of the message in the schema, as {@link MessagePlace} reads it
   * @param times what numbers in columns of times count; empty to refuse them
   * @param budget of the message that is read
   * @throws CellProblem when there is no message at the place
   */
  public ProtoRecord(
      ProtoSchema schema,
      List<Integer> place,
      TableFields table,
      UnknownFields unknownFields,
      Optional<Times.Unit> times,
      DecodeBudget budget) {
    ProtoMessage message = schema.message(place);
    this.found = new Found(message);
    this.columns = new int[message.fieldCount()];
    this.cells = new FieldCell[columns.length];
    this.refusesUnknown = unknownFields == UnknownFields.REFUSE;
    FieldCells fieldCells = new FieldCells(schema, times, budget);
    CellProblem first = null;
    for (int i = 0; i < columns.length; i++) {
      try {
        columns[i] = table.index(message.field(i).name());
      } catch (CellProblem e) {
        first = first == null ? e : first;
        columns[i] = TableFields.IGNORED;
      }
      if (columns[i] >= 0) {
        cells[i] = fieldCells.of(message, i, table.contract().schema().type(columns[i]));
      }
    }
    this.unknown = first;
  }

  /** Fills the row that was begun from the message between two positions. */
  public void fill(RowsBuilder rows, byte[] bytes, int start, int end) {
    found.read(bytes, start, end);
    if (unknown != null) {
      rows.problem(unknown);
    }
    if (refusesUnknown && found.unknown() != 0) {
      rows.problem(
          new CellProblem(
              ErrorCode.CONTRACT_VIOLATED,
              "it has a field with number " + found.unknown() + ", which its schema has not"));
    }
    for (int i = 0; i < cells.length; i++) {
      FieldCell cell = cells[i];
      if (cell != null) {
        append(rows, i, cell);
      } else if (columns[i] == TableFields.CHANGE) {
        change(rows, i);
      }
    }
  }

  /** What the row says that it does; nothing when the field is not there or empty. */
  private void change(RowsBuilder rows, int index) {
    if (found.message().field(index).type() == ProtoType.Scalar.STRING && found.has(index)) {
      String says = ProtoJson.text(found.value(index));
      if (!says.isEmpty()) {
        rows.change(says);
      }
    }
  }

  /** Fills those of the columns that the row has no value for yet. */
  public void fillMissing(RowsBuilder rows, int[] wanted, byte[] bytes, int start, int end) {
    found.read(bytes, start, end);
    for (int i = 0; i < cells.length; i++) {
      FieldCell cell = cells[i];
      for (int column : wanted) {
        if (cell != null && column == columns[i] && !rows.isFilled(column)) {
          append(rows, i, cell);
        }
      }
    }
  }

  private void append(RowsBuilder rows, int index, FieldCell cell) {
    int column = columns[index];
    rows.fills(column);
    if (UnsentValues.is(found, index)) {
      rows.unsent(column);
      return;
    }
    try {
      cell.append(rows.column(column), found);
    } catch (CellProblem e) {
      rows.failed(column, e);
    }
  }
}
