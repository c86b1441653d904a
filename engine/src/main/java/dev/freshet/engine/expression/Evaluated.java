package dev.freshet.engine.expression;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BooleanVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.error.Check;
import java.util.Arrays;

/**
 * The values of an expression over a batch, and the rows for which it failed. A failed row's value
 * is NULL in {@link #vector()}; the row belongs in the model's errors, not in the operator's
 * output. Immutable; any thread may read it.
 */
public final class Evaluated {
  private static final boolean[] NONE_FAILED = {};

  private final CompiledExpression expression;
  private final Batch batch;
  private final Vector vector;
  private final int[] failures;
  private final boolean[] failed;

  Evaluated(CompiledExpression expression, Batch batch, Vector vector, int[] failures) {
    this.expression = expression;
    this.batch = batch;
    this.vector = vector;
    this.failures = failures;
    this.failed = mask(failures, batch.rowCount());
  }

  private static boolean[] mask(int[] failures, int count) {
    if (!Failures.any(failures, count)) {
      return NONE_FAILED;
    }
    boolean[] mask = new boolean[count];
    for (int i = 0; i < count; i++) {
      mask[i] = failures[i] != 0;
    }
    return mask;
  }

  /** One value for each row of the batch. */
  public Vector vector() {
    return vector;
  }

  public boolean anyFailed() {
    return failed.length > 0;
  }

  /** {@code true} marks a row that failed; length 0 when none did. Not to be written to. */
  public boolean[] failed() {
    return failed;
  }

  /**
   * Why a failed row failed: the call with its values, and what was wrong. Built at this call, so
   * it costs nothing for rows that nobody asks about.
   */
  public String reason(int row) {
    Check.that(anyFailed() && failed[row], "a reason is asked only of a failed row", row, 0);
    return expression.reason(batch, row, failures[row]);
  }

  /**
   * The rows, ascending, for which a BOOLEAN expression is TRUE: neither FALSE nor NULL nor failed.
   */
  public int[] trueRows() {
    boolean[] values = ((BooleanVector) vector).values();
    boolean[] nulls = vector.nulls();
    int count = vector.length();
    int[] rows = new int[count];
    int found = 0;
    for (int i = 0; i < count; i++) {
      rows[found] = i;
      found += values[i] && (nulls.length == 0 || !nulls[i]) ? 1 : 0;
    }
    return found == count ? rows : Arrays.copyOf(rows, found);
  }
}
