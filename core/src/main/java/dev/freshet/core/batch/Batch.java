package dev.freshet.core.batch;

import dev.freshet.core.error.Check;
import dev.freshet.core.type.Schema;

/**
 * Rows with weights: a Z-set when consolidated (Budiu et al., DBSP, VLDB 2023). Weight +1 inserts a
 * row, -1 deletes it; an update is both. One vector per column. Immutable; any thread may read it.
 */
public final class Batch {
  private final Schema schema;
  private final Vector[] columns;
  private final long[] weights;
  private final int rowCount;

  /**
   * @param columns one vector per column of the schema, each with {@code rowCount} rows; not to be
   *     written to afterwards
   * @param weights at least {@code rowCount} weights; not to be written to afterwards
   */
  public Batch(Schema schema, Vector[] columns, long[] weights, int rowCount) {
    Check.that(
        columns.length == schema.columnCount(),
        "one vector per column",
        columns.length,
        schema.columnCount());
    Check.that(weights.length >= rowCount, "one weight per row", weights.length, rowCount);
    for (Vector column : columns) {
      Check.that(
          column.length() == rowCount,
          "a batch's columns have its row count",
          column.length(),
          rowCount);
    }
    this.schema = schema;
    this.columns = columns;
    this.weights = weights;
    this.rowCount = rowCount;
  }

  public static Batch empty(Schema schema) {
    return new BatchBuilder(schema, 0).build();
  }

  public Schema schema() {
    return schema;
  }

  public int rowCount() {
    return rowCount;
  }

  public boolean isEmpty() {
    return rowCount == 0;
  }

  public Vector column(int index) {
    return columns[index];
  }

  /** The vectors; not to be written to. */
  public Vector[] columns() {
    return columns;
  }

  /** The weights of the rows; not to be written to. */
  public long[] weights() {
    return weights;
  }

  public long weight(int row) {
    return weights[row];
  }

  /** Bytes of heap that the vectors and weights take, headers left out. */
  public long bytes() {
    long bytes = (long) weights.length * 8;
    for (Vector column : columns) {
      bytes += column.bytes();
    }
    return bytes;
  }

  /** The same columns under another schema with the same layouts. */
  public Batch withSchema(Schema other) {
    return new Batch(other, columns, weights, rowCount);
  }

  /** The same rows with other weights. */
  public Batch withWeights(long[] other) {
    return new Batch(schema, columns, other, rowCount);
  }

  /** The same rows with opposite weights. */
  public Batch negated() {
    long[] opposite = new long[rowCount];
    for (int row = 0; row < rowCount; row++) {
      opposite[row] = -weights[row];
    }
    return withWeights(opposite);
  }

  /** The columns at these positions, sharing their vectors. */
  public Batch select(int... indexes) {
    Vector[] selected = new Vector[indexes.length];
    for (int i = 0; i < indexes.length; i++) {
      selected[i] = columns[indexes[i]];
    }
    return new Batch(schema.select(indexes), selected, weights, rowCount);
  }
}
