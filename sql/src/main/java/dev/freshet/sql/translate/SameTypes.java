package dev.freshet.sql.translate;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One type for each column of two schemas. */
public final class SameTypes {
  private SameTypes() {}

  /**
   * The columns of the first schema, wide enough for those of the second; empty when the types have
   * nothing in common.
   */
  public static Optional<Schema> of(Schema first, Schema second) {
    if (first.columnCount() != second.columnCount()) {
      return Optional.empty();
    }
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < first.columnCount(); i++) {
      DataType a = first.type(i);
      DataType b = second.type(i);
      boolean numbers = Types.isNumeric(a) && Types.isNumeric(b);
      if (!a.equals(b) && !numbers) {
        return Optional.empty();
      }
      DataType common = numbers ? Types.common(a, b) : a;
      String name = first.column(i).name();
      columns.add(
          first.column(i).mayBeNull() || second.column(i).mayBeNull()
              ? Column.nullable(name, common)
              : Column.notNull(name, common));
    }
    return Optional.of(new Schema(columns));
  }

  /** The plan's rows as rows of these types. */
  public static Plan as(Plan plan, Schema schema) {
    List<Expression> columns = new ArrayList<>();
    for (int i = 0; i < schema.columnCount(); i++) {
      columns.add(Expressions.as(PlanBuilder.column(plan, i), schema.type(i)));
    }
    return PlanBuilder.project(plan, columns);
  }
}
