package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Rows of a statement as rows of its table. */
public final class Assignment {
  private Assignment() {}

  /** Whether a value of one type can be given to a column of another without a written CAST. */
  public static boolean allowed(DataType from, DataType to) {
    if (from.equals(to) || from == Simple.VARCHAR || to == Simple.VARCHAR) {
      return true;
    }
    if (Types.isNumeric(from) && Types.isNumeric(to)) {
      return true;
    }
    return isTime(from) && isTime(to);
  }

  private static boolean isTime(DataType type) {
    return type == Simple.DATE || type == Simple.TIMESTAMP || type == Simple.TIMESTAMP_LTZ;
  }

  /**
   * @param targets the table's column for each column of {@code rows}
   */
  public static Plan insert(Plan rows, List<Integer> targets, Schema table) {
    List<Expression> columns = new ArrayList<>();
    for (int i = 0; i < table.columnCount(); i++) {
      int at = targets.indexOf(i);
      columns.add(
          at < 0
              ? Expressions.nullOf(table.type(i))
              : Expressions.as(PlanBuilder.column(rows, at), table.type(i)));
    }
    return PlanBuilder.rename(PlanBuilder.project(rows, columns), table.names());
  }

  /**
   * @param rows the table's columns, then the new values
   * @param assigned for each changed column of the table the column of {@code rows} with its value
   */
  public static Plan update(Plan rows, Map<Integer, Integer> assigned, Schema table) {
    List<Expression> columns = new ArrayList<>(PlanBuilder.columns(rows, 0, table.columnCount()));
    List<String> names = new ArrayList<>(table.names());
    for (int i = 0; i < table.columnCount(); i++) {
      int from = assigned.getOrDefault(i, i);
      columns.add(Expressions.as(PlanBuilder.column(rows, from), table.type(i)));
      String name = "new_" + table.column(i).name();
      while (names.contains(name)) {
        name = name + "_";
      }
      names.add(name);
    }
    return PlanBuilder.rename(PlanBuilder.project(rows, columns), names);
  }
}
