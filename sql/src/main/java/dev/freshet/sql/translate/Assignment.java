package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Rows of a statement as rows of its table. */
public final class Assignment {
  private Assignment() {}

  /** Whether the values of a column can be given to one of this type without a written CAST. */
  public static boolean allowed(Plan rows, int column, DataType to) {
    return isNull(rows, column) || allowed(rows.schema().type(column), to);
  }

  private static boolean allowed(DataType from, DataType to) {
    if (from.equals(to)) {
      return true;
    }
    if (Types.isCollection(from) || Types.isCollection(to)) {
      return bothCollections(from, to);
    }
    if (from == Simple.VARCHAR || to == Simple.VARCHAR) {
      return true;
    }
    if (Types.isNumeric(from) && Types.isNumeric(to)) {
      return true;
    }
    return isTime(from) && isTime(to);
  }

  /** Whether every part of a collection can be given to the part of the other. */
  private static boolean bothCollections(DataType from, DataType to) {
    return switch (from) {
      case DataType.Array(DataType element) ->
          to instanceof DataType.Array(DataType other) && allowed(element, other);
      case DataType.Map(DataType key, DataType value) ->
          to instanceof DataType.Map(DataType otherKey, DataType otherValue)
              && allowed(key, otherKey)
              && allowed(value, otherValue);
      case DataType.Row(var fields) ->
          to instanceof DataType.Row(var others)
              && fields.size() == others.size()
              && IntStream.range(0, fields.size())
                  .allMatch(i -> allowed(fields.get(i).type(), others.get(i).type()));
      case DataType.Simple _, DataType.Decimal _ -> false;
    };
  }

  private static boolean isTime(DataType type) {
    return type == Simple.DATE || type == Simple.TIMESTAMP || type == Simple.TIMESTAMP_LTZ;
  }

  /** Whether the column is a written NULL in every row, which has no type of its own. */
  private static boolean isNull(Plan rows, int column) {
    return switch (rows) {
      case Plan.Constants constants ->
          constants.rows().stream().allMatch(row -> row.get(column).value().isEmpty());
      case Plan.Project project ->
          switch (project.expressions().get(column)) {
            case Expression.Literal literal -> literal.value().isEmpty();
            case Expression.ColumnRef reference -> isNull(project.input(), reference.index());
            case Expression.Call _, Expression.UserCall _ -> false;
            case Expression.Cast _, Expression.Case _ -> false;
          };
      case Plan.Union union -> union.inputs().stream().allMatch(input -> isNull(input, column));
      case Plan.Filter filter -> isNull(filter.input(), column);
      case Plan.Scan _, Plan.Distinct _, Plan.Join _, Plan.Aggregate _, Plan.TopN _ -> false;
      case Plan.Multiset _, Plan.Unnest _ -> false;
      case Plan.Windows _, Plan.Sessions _, Plan.Over _ -> false;
      case Plan.Arrivals _, Plan.NotAhead _, Plan.OnTime _, Plan.Expire _, Plan.Final _ -> false;
      case Plan.AsOf _, Plan.Recursion _, Plan.Recurse _ -> false;
    };
  }

  private static Expression value(Plan rows, int column, DataType type) {
    return isNull(rows, column)
        ? Expressions.nullOf(type)
        : Expressions.as(PlanBuilder.column(rows, column), type);
  }

  /**
   * @param targets the table's column for each column of {@code rows}
   */
  public static Plan insert(Plan rows, List<Integer> targets, Schema table) {
    List<Expression> columns = new ArrayList<>();
    for (int i = 0; i < table.columnCount(); i++) {
      int at = targets.indexOf(i);
      columns.add(at < 0 ? Expressions.nullOf(table.type(i)) : value(rows, at, table.type(i)));
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
      columns.add(value(rows, from, table.type(i)));
      String name = "new_" + table.column(i).name();
      while (names.contains(name)) {
        name = name + "_";
      }
      names.add(name);
    }
    return PlanBuilder.rename(PlanBuilder.project(rows, columns), names);
  }
}
