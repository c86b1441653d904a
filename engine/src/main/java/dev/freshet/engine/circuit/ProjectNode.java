package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.expression.CompiledExpression;
import dev.freshet.engine.expression.Evaluated;
import dev.freshet.engine.expression.Expressions;
import dev.freshet.sql.plan.Expression;
import java.util.List;

/** Computes each output column from the input's row. Linear. */
final class ProjectNode extends Node {
  private final List<Expression> expressions;
  private final CompiledExpression[] compiled;

  ProjectNode(Node input, List<Expression> expressions, Schema schema) {
    super("project " + PlanText.of(expressions), schema, List.of(input));
    this.expressions = expressions;
    this.compiled =
        expressions.stream().map(Expressions::compile).toArray(CompiledExpression[]::new);
  }

  @Override
  Batch evaluate() {
    Batch batch = input().output();
    if (batch.isEmpty()) {
      return nothing();
    }
    Vector[] columns = new Vector[compiled.length];
    boolean[] anyFailed = {};
    for (int c = 0; c < columns.length; c++) {
      if (expressions.get(c) instanceof Expression.ColumnRef column) {
        columns[c] = batch.column(column.index());
        continue;
      }
      Evaluated result = compiled[c].evaluate(batch);
      columns[c] = result.vector();
      if (result.failed().length > 0) {
        anyFailed = report(batch, result, anyFailed);
      }
    }
    Batch projected = new Batch(schema(), columns, batch.weights(), batch.rowCount());
    return anyFailed.length == 0 ? projected : without(projected, anyFailed);
  }

  /** A row that fails in several columns is reported with the first one's reason. */
  private boolean[] report(Batch batch, Evaluated result, boolean[] before) {
    boolean[] all = before.length == 0 ? new boolean[batch.rowCount()] : before;
    boolean[] failed = result.failed();
    for (int i = 0; i < failed.length; i++) {
      if (failed[i] && !all[i]) {
        all[i] = true;
        fail(result.reason(i), batch, i, batch.weight(i));
      }
    }
    return all;
  }

  private static Batch without(Batch batch, boolean[] failed) {
    int[] rows = new int[batch.rowCount()];
    int count = 0;
    for (int i = 0; i < batch.rowCount(); i++) {
      rows[count] = i;
      count += failed[i] ? 0 : 1;
    }
    return Rows.gather(batch, rows, count);
  }

  @Override
  boolean onlyInserts() {
    return input().onlyInserts();
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new ProjectNode(otherInputs.getFirst(), expressions, schema());
  }

  @Override
  public String operator() {
    return "project";
  }
}
