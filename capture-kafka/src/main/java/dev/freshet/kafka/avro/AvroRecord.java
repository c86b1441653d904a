package dev.freshet.kafka.avro;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.RowsBuilder;
import dev.freshet.capture.rows.TableFields;
import dev.freshet.core.type.DataType;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How records of one schema fill the columns of one table: each field the column of its name.
 * Immutable; safe for all threads.
 */
public final class AvroRecord {
  private final Schema[] schemas;
  private final int[] columns;
  private final @Nullable AvroCell[] cells;
  private final boolean[] mayBeUnsent;

  /** Why no row of this schema fits: a field that is no column; null when there is none. */
  private final @Nullable CellProblem unknown;

  public AvroRecord(Schema record, TableFields table) {
    List<Schema.Field> fields = record.getFields();
    this.schemas = new Schema[fields.size()];
    this.columns = new int[schemas.length];
    this.cells = new AvroCell[schemas.length];
    this.mayBeUnsent = new boolean[schemas.length];
    CellProblem first = null;
    for (int i = 0; i < schemas.length; i++) {
      schemas[i] = fields.get(i).schema();
      try {
        columns[i] = table.index(fields.get(i).name());
      } catch (CellProblem e) {
        first = first == null ? e : first;
        columns[i] = TableFields.IGNORED;
      }
      if (columns[i] >= 0) {
        mayBeUnsent[i] = Unsent.isPossible(schemas[i]);
        cells[i] = AvroCells.of(schemas[i], table.contract().schema().type(columns[i]));
      }
    }
    this.unknown = first;
  }

  /** Fills the row that was begun from the record at the cursor, and passes it. */
  public void fill(RowsBuilder rows, AvroCursor in) {
    if (unknown != null) {
      rows.problem(unknown);
    }
    for (int i = 0; i < schemas.length; i++) {
      AvroCell cell = cells[i];
      if (columns[i] == TableFields.CHANGE) {
        String says = in.readText(schemas[i]);
        if (!says.isEmpty()) { // else it is null, and the row says nothing
          rows.change(says);
        }
      } else if (cell == null) {
        in.skip(schemas[i]);
      } else {
        rows.fills(columns[i]);
        if (mayBeUnsent[i] && Unsent.passes(schemas[i], in)) {
          rows.unsent(columns[i]);
        } else {
          append(rows, columns[i], cell, schemas[i], in);
        }
      }
    }
  }

  /** Fills those of the columns that the row has no value for yet, and passes the record. */
  public void fillMissing(RowsBuilder rows, int[] wanted, AvroCursor in) {
    for (int i = 0; i < schemas.length; i++) {
      AvroCell cell = cells[i];
      boolean isWanted = false;
      for (int column : wanted) {
        isWanted |= column == columns[i];
      }
      if (cell == null || !isWanted || rows.isFilled(columns[i])) {
        in.skip(schemas[i]);
      } else {
        rows.fills(columns[i]);
        append(rows, columns[i], cell, schemas[i], in);
      }
    }
  }

  /** The bytes of the fields that fill these columns; passes the record. */
  public byte[] bytesOf(int[] wanted, AvroCursor in) {
    ByteArrayOutputStream found = new ByteArrayOutputStream();
    for (int i = 0; i < schemas.length; i++) {
      int start = in.at();
      in.skip(schemas[i]);
      for (int column : wanted) {
        if (column == columns[i]) {
          found.write(in.bytes(), start, in.at() - start);
        }
      }
    }
    return found.toByteArray();
  }

  /** Fills one column from a value that is no record. */
  public static void fillColumn(
      RowsBuilder rows, int column, DataType type, Schema schema, AvroCursor in) {
    rows.fills(column);
    append(rows, column, AvroCells.of(schema, type), schema, in);
  }

  private static void append(
      RowsBuilder rows, int column, AvroCell cell, Schema schema, AvroCursor in) {
    int start = in.at();
    try {
      cell.append(rows.column(column), in);
    } catch (CellProblem e) {
      in.moveTo(start);
      in.skip(schema); // bytes that are not of the schema end the row here
      rows.failed(column, e);
    }
  }
}
