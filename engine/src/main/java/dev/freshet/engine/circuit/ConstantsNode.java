package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Values;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Plan;
import java.util.List;

/** Constant rows: a change once, at the start. */
final class ConstantsNode extends Node {
  private final Plan.Constants plan;
  private boolean emitted;

  ConstantsNode(Plan.Constants plan) {
    super(
        "constants "
            + PlanText.types(plan.schema())
            + plan.rows().stream().map(row -> PlanText.of(List.<Expression>copyOf(row))).toList(),
        plan.schema(),
        List.of());
    this.plan = plan;
  }

  @Override
  Batch evaluate() {
    if (emitted) {
      return nothing();
    }
    emitted = true;
    BatchBuilder builder = new BatchBuilder(schema(), plan.rows().size());
    for (List<Expression.Literal> row : plan.rows()) {
      for (int c = 0; c < row.size(); c++) {
        Values.append(builder.column(c), schema().type(c), row.get(c).value().orElse(null));
      }
      builder.endRow(1);
    }
    return builder.build();
  }

  @Override
  boolean onlyInserts() {
    return true;
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new ConstantsNode(plan);
  }

  @Override
  public String operator() {
    return "constants";
  }
}
