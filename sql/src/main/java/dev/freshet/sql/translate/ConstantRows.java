package dev.freshet.sql.translate;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.Literal;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A projection of constant rows as constant rows, when every cell can be computed now.
 *
 * <pre>
 * Project CAST(c0 AS BIGINT), CAST(c1 AS DATE)
 *   Constants (1, '2026-01-31')                  becomes   Constants (1, DATE 2026-01-31)
 * </pre>
 */
final class ConstantRows {
  private ConstantRows() {}

  static Optional<Plan> project(Plan.Constants constants, List<Expression> expressions) {
    List<List<Literal>> rows = new ArrayList<>();
    for (List<Literal> row : constants.rows()) {
      List<Literal> projected = new ArrayList<>();
      for (Expression expression : expressions) {
        Expression cell = Folding.everywhere(Expressions.replaceColumns(expression, row::get));
        if (!(cell instanceof Literal literal)) {
          return Optional.empty();
        }
        projected.add(literal);
      }
      rows.add(List.copyOf(projected));
    }
    return Optional.of(new Plan.Constants(schema(expressions, rows), List.copyOf(rows)));
  }

  private static Schema schema(List<Expression> expressions, List<List<Literal>> rows) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < expressions.size(); i++) {
      int at = i;
      boolean mayBeNull = rows.stream().anyMatch(row -> row.get(at).value().isEmpty());
      String name = "c" + i;
      columns.add(
          mayBeNull
              ? Column.nullable(name, expressions.get(i).type())
              : Column.notNull(name, expressions.get(i).type()));
    }
    return new Schema(columns);
  }
}
