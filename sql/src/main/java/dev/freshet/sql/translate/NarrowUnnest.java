package dev.freshet.sql.translate;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.ColumnRef;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Repeats for each element of an array only what is used above.
 *
 * <pre>
 * Project id, element                 Project id, element
 *   Unnest tags                         Unnest tags
 *     Scan orders                         Project id, tags
 *                                           Scan orders
 * </pre>
 */
final class NarrowUnnest {
  private NarrowUnnest() {}

  /** The narrower plan; empty when all columns are used. */
  static Optional<Plan> project(Plan.Unnest unnest, List<Expression> expressions) {
    int width = unnest.input().schema().columnCount();
    TreeSet<Integer> used = new TreeSet<>();
    expressions.forEach(expression -> Expressions.collectColumns(expression, used));
    used.add(unnest.arrayColumn());
    List<Integer> kept = new ArrayList<>(used.headSet(width));
    if (kept.size() == width) {
      return Optional.empty();
    }
    List<Expression> columns =
        kept.stream()
            .<Expression>map(column -> new ColumnRef(column, unnest.schema().type(column)))
            .toList();
    List<Column> schema = new ArrayList<>();
    kept.forEach(column -> schema.add(unnest.schema().column(column)));
    schema.addAll(unnest.schema().columns().subList(width, unnest.schema().columnCount()));
    Plan narrow =
        new Plan.Unnest(
            PlanBuilder.project(unnest.input(), columns),
            kept.indexOf(unnest.arrayColumn()),
            unnest.kind(),
            new Schema(schema));
    int shift = width - kept.size();
    List<Expression> moved =
        expressions.stream()
            .map(expression ->
                Expressions.mapColumns(
                    expression, index -> index < width ? kept.indexOf(index) : index - shift))
            .toList();
    return Optional.of(PlanBuilder.project(narrow, moved));
  }
}
