package dev.freshet.core.batch;

import dev.freshet.core.error.Check;
import dev.freshet.core.type.Schema;
import java.util.Arrays;

/**
 * Builds a {@link Batch}: fill every {@link #column(int)} for a row, then {@link #endRow(long)}.
 * One thread owns it.
 */
public final class BatchBuilder {
  private final Schema schema;
  private final VectorBuilder[] columns;
  private long[] weights;
  private int rowCount;

  public BatchBuilder(Schema schema, int expectedRows) {
    this.schema = schema;
    this.columns = new VectorBuilder[schema.columnCount()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = new VectorBuilder(schema.type(i).layout(), expectedRows);
    }
    this.weights = new long[expectedRows];
  }

  public Schema schema() {
    return schema;
  }

  public int rowCount() {
    return rowCount;
  }

  public VectorBuilder column(int index) {
    return columns[index];
  }

  /**
   * Ends the current row. Every column must have been given exactly one value since the row before.
   */
  public void endRow(long weight) {
    if (rowCount == weights.length) {
      weights = Arrays.copyOf(weights, Math.max(16, rowCount * 2));
    }
    weights[rowCount++] = weight;
  }

  /**
   * Copies row {@code row} of {@code source} under the given weight. Layouts must match column by
   * column.
   */
  public void append(Batch source, int row, long weight) {
    for (int i = 0; i < columns.length; i++) {
      columns[i].append(source.column(i), row);
    }
    endRow(weight);
  }

  /**
   * Appends a row of boxed values, as {@link Values} describes them; for edges and tests, not for
   * hot paths.
   */
  public BatchBuilder row(long weight, Object... values) {
    Check.that(
        values.length == columns.length, "one value per column", values.length, columns.length);
    for (int i = 0; i < columns.length; i++) {
      Values.append(columns[i], schema.type(i), values[i]);
    }
    endRow(weight);
    return this;
  }

  /** Drops the cells of a row that was begun and not ended. */
  public void abandonRow() {
    for (VectorBuilder column : columns) {
      if (column.length() > rowCount) {
        column.truncate(rowCount);
      }
    }
  }

  /** Drops all rows behind the first ones, and one that was begun. */
  public void truncate(int rows) {
    Check.that(rows <= rowCount, "rows to keep are there", rows, rowCount);
    rowCount = rows;
    abandonRow();
  }

  /** Hands the rows over; the builder is then empty and may be used again. */
  public Batch build() {
    Vector[] built = new Vector[columns.length];
    for (int i = 0; i < columns.length; i++) {
      built[i] = columns[i].build();
      columns[i].reset();
    }
    Batch batch = new Batch(schema, built, weights, rowCount);
    weights = new long[0];
    rowCount = 0;
    return batch;
  }
}
