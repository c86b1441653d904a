package dev.freshet.engine.expression;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.type.DataType;
import java.util.List;

/**
 * An expression ready to run over batches whose columns it was compiled for. Immutable and without
 * state: the same batch always gives the same values and failures, on any thread.
 */
public final class CompiledExpression {
  private final Node root;
  private final List<Site> sites;

  CompiledExpression(Node root, List<Site> sites) {
    this.root = root;
    this.sites = List.copyOf(sites);
  }

  public DataType type() {
    return root.type();
  }

  /** The expression's value for every row. A row that cannot be evaluated fails alone. */
  public Evaluated evaluate(Batch batch) {
    Operand operand = root.evaluate(batch).expanded(batch.rowCount());
    return new Evaluated(this, batch, operand.vector(), operand.failures());
  }

  /**
   * The rows for which a predicate is TRUE, ascending. Rows that failed are not among them: who
   * must report them calls {@link #evaluate(Batch)} and {@link Evaluated#trueRows()}.
   */
  public int[] selectTrue(Batch batch) {
    return evaluate(batch).trueRows();
  }

  String reason(Batch batch, int row, int failure) {
    Batch one = Rows.gather(batch, new int[] {row}, 1);
    return Reasons.of(sites.get(Failures.site(failure)), one, Failures.kind(failure));
  }
}
