package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Hashing;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.BatchSink;
import dev.freshet.sql.plan.Plan;
import java.util.Arrays;

/**
 * An inner join that is asked once: one side lies in a hash table, the rows of the other pass piece
 * by piece, where a view keeps both sides sorted. One thread owns it.
 */
final class ScanJoin {
  /** Pairs that are handed on at once. */
  private static final int PAIRS = 1 << 14;

  /** Which of the join's sides lies in the table. */
  enum Built {
    LEFT,
    RIGHT
  }

  private final Built side;
  private final Schema schema;
  private final int[] builtKeys;
  private final int[] probedKeys;
  private final Batch built;
  private final long[] hashes;
  private final int[] first;
  private final int[] next;
  private final int[] builtRows = new int[PAIRS];
  private final int[] probedRows = new int[PAIRS];
  private int count;

  /**
   * @param join without a residual
   * @param built all rows of one side
   */
  ScanJoin(Plan.Join join, Built side, Batch built) {
    int[] left = Schemas.toArray(join.leftKeys());
    int[] right = Schemas.toArray(join.rightKeys());
    this.side = side;
    this.schema = join.schema();
    this.builtKeys = side == Built.LEFT ? left : right;
    this.probedKeys = side == Built.LEFT ? right : left;
    this.built = built;
    this.hashes = Hashing.hashRows(built, builtKeys);
    this.first = new int[Integer.highestOneBit(Math.max(4, built.rowCount())) * 4];
    this.next = new int[built.rowCount()];
    for (int row = 0; row < built.rowCount(); row++) {
      if (!hasNull(built, row, builtKeys)) {
        int slot = (int) hashes[row] & first.length - 1;
        next[row] = first[slot];
        first[slot] = row + 1;
      }
    }
  }

  private static boolean hasNull(Batch rows, int row, int[] columns) {
    for (int column : columns) {
      if (rows.column(column).isNull(row)) {
        return true;
      }
    }
    return false;
  }

  /** Hands on the pairs of these rows; {@code false} when the sink wants no more. */
  boolean probe(Batch rows, BatchSink sink) {
    long[] wanted = Hashing.hashRows(rows, probedKeys);
    for (int row = 0; row < rows.rowCount(); row++) {
      if (hasNull(rows, row, probedKeys)) {
        continue;
      }
      int slot = (int) wanted[row] & first.length - 1;
      for (int at = first[slot] - 1; at >= 0; at = next[at] - 1) {
        if (hashes[at] == wanted[row] && Rows.equal(rows, row, probedKeys, built, at, builtKeys)) {
          builtRows[count] = at;
          probedRows[count++] = row;
          if (count == PAIRS && !handOn(rows, sink)) {
            return false;
          }
        }
      }
    }
    return handOn(rows, sink);
  }

  private boolean handOn(Batch probed, BatchSink sink) {
    if (count == 0) {
      return true;
    }
    Vector[] columns = new Vector[schema.columnCount()];
    int leftColumns = (side == Built.LEFT ? built : probed).schema().columnCount();
    for (int c = 0; c < columns.length; c++) {
      boolean isLeft = c < leftColumns;
      boolean isBuilt = isLeft == (side == Built.LEFT);
      Batch from = isBuilt ? built : probed;
      int column = isLeft ? c : c - leftColumns;
      columns[c] = Rows.gather(from.column(column), isBuilt ? builtRows : probedRows, count);
    }
    long[] weights = new long[count];
    Arrays.setAll(weights, i -> built.weight(builtRows[i]) * probed.weight(probedRows[i]));
    Batch pairs = new Batch(schema, columns, weights, count);
    count = 0;
    return sink.accept(pairs);
  }
}
