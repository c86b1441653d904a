package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Vector;
import dev.freshet.sql.plan.Expression;

/** A scalar expression made ready to run over batches. */
public interface RowExpression {
  Result evaluate(Batch batch);

  /** The values for all rows of a batch, and which rows failed. */
  interface Result {
    Vector vector();

    /** {@code true} marks a row that failed; length 0 when none did. */
    boolean[] failed();

    /** Why a failed row failed. */
    String reason(int row);
  }

  /** Makes expressions ready to run. */
  interface Compiler {
    RowExpression compile(Expression expression);
  }
}
