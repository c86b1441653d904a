package dev.freshet.engine.expression;

import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;

/**
 * What a node gives for a batch: one value a row, or one value that stands for all rows.
 *
 * @param vector of the batch's length, or of length 1 for a constant; null in every row that failed
 * @param failures see {@link Failures}; {@link Failures#NONE} when no row failed; constants never
 *     fail
 */
record Operand(Vector vector, Form form, int[] failures) {
  /** How the vector relates to the batch's rows. */
  enum Form {
    ROWS,
    CONSTANT
  }

  static Operand rows(Vector vector) {
    return new Operand(vector, Form.ROWS, Failures.NONE);
  }

  boolean isConstant() {
    return form == Form.CONSTANT;
  }

  /** What a row index is and-ed with to find its value: 0 for constants. */
  int mask() {
    return isConstant() ? 0 : -1;
  }

  /** The same values with one entry for each of {@code count} rows. */
  Operand expanded(int count) {
    if (!isConstant()) {
      return this;
    }
    return rows(count == 1 ? vector : Rows.gather(vector, new int[count], count));
  }
}
