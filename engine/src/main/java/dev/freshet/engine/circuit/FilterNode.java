package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BooleanVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.engine.expression.CompiledExpression;
import dev.freshet.engine.expression.Evaluated;
import dev.freshet.engine.expression.Expressions;
import dev.freshet.sql.plan.Expression;
import java.util.List;

/** Keeps the rows for which a predicate is TRUE. Linear: it applies to the change alone. */
final class FilterNode extends Node {
  private final Expression predicate;
  private final CompiledExpression compiled;

  FilterNode(Node input, Expression predicate) {
    super("filter " + PlanText.of(predicate), input.schema(), List.of(input));
    this.predicate = predicate;
    this.compiled = Expressions.compile(predicate);
  }

  @Override
  Batch evaluate() {
    return select(this, compiled, input().output());
  }

  /** The rows for which the predicate is TRUE; failed rows go to the node's errors. */
  static Batch select(Node node, CompiledExpression predicate, Batch batch) {
    if (batch.isEmpty()) {
      return batch;
    }
    Evaluated result = predicate.evaluate(batch);
    boolean[] failed = result.failed();
    for (int i = 0; i < failed.length; i++) {
      if (failed[i]) {
        node.fail(result.reason(i), batch, i, batch.weight(i));
      }
    }
    int[] rows = new int[batch.rowCount()];
    int count = trueRows(result.vector(), failed, rows, batch.rowCount());
    return count == batch.rowCount() ? batch : Rows.gather(batch, rows, count);
  }

  static int trueRows(Vector vector, boolean[] failed, int[] rows, int count) {
    boolean[] values = ((BooleanVector) vector).values();
    boolean[] nulls = vector.nulls();
    int found = 0;
    for (int i = 0; i < count; i++) {
      rows[found] = i;
      boolean keep =
          values[i] && (nulls.length == 0 || !nulls[i]) && (failed.length == 0 || !failed[i]);
      found += keep ? 1 : 0;
    }
    return found;
  }

  @Override
  boolean onlyInserts() {
    return input().onlyInserts();
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new FilterNode(otherInputs.getFirst(), predicate);
  }

  @Override
  public String operator() {
    return "filter";
  }
}
