package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.Literal;
import java.util.ArrayList;
import java.util.List;

/** The one type in which values of two types are compared. */
final class Coercion {
  private Coercion() {}

  static DataType comparable(Expression left, Expression right) {
    DataType a = left.type();
    DataType b = right.type();
    if (a.equals(b)) {
      return a;
    }
    // A literal takes the column's type when it fits: the column then needs no cast for each row.
    if (right instanceof Literal literal && Folding.cast(literal, a).isPresent()) {
      return a;
    }
    if (left instanceof Literal literal && Folding.cast(literal, b).isPresent()) {
      return b;
    }
    return comparable(a, b);
  }

  /**
   * A column that is cast only to be compared with a literal, without its cast if the literal can
   * be of the column's type: {@code CAST(price AS DECIMAL(12, 2)) = 1.00} asks the same as {@code
   * price = 1.00}.
   */
  static Expression withoutCast(Expression expression, Literal literal) {
    if (!(expression instanceof Expression.Cast(Expression operand, DataType to, _))
        || !to.equals(literal.type())
        || !isWidening(operand.type(), to)) {
      return expression;
    }
    return Folding.cast(literal, operand.type()).isPresent() ? operand : expression;
  }

  /** Whether the cast keeps every value and the order of values. */
  private static boolean isWidening(DataType from, DataType to) {
    if (from == Simple.UUID) {
      return to == Simple.VARCHAR;
    }
    if (from == Simple.REAL) {
      return to == Simple.DOUBLE;
    }
    if (Types.isFloating(from) || Types.isFloating(to)) {
      return false;
    }
    if (!Types.isNumeric(from) || !Types.isNumeric(to)) {
      return false;
    }
    DataType.Decimal a = Types.asDecimal(from);
    DataType.Decimal b = Types.asDecimal(to);
    return a.scale() <= b.scale() && a.precision() - a.scale() <= b.precision() - b.scale();
  }

  static DataType comparable(DataType a, DataType b) {
    if (a.equals(b)) {
      return a;
    }
    if (Types.isNumeric(a) && Types.isNumeric(b)) {
      return Types.common(a, b);
    }
    if (isText(a) && isText(b)) {
      return Simple.VARCHAR;
    }
    if (isText(a)) {
      return b;
    }
    if (isText(b)) {
      return a;
    }
    if (Types.isCollection(a) && Types.isCollection(b)) {
      return collections(a, b);
    }
    return rank(a) >= rank(b) ? a : b;
  }

  private static DataType collections(DataType a, DataType b) {
    return switch (a) {
      case DataType.Array(DataType element) when b instanceof DataType.Array(DataType other) ->
          new DataType.Array(comparable(element, other));
      case DataType.Map(DataType key, DataType value)
          when b instanceof DataType.Map(DataType otherKey, DataType otherValue) ->
          new DataType.Map(comparable(key, otherKey), comparable(value, otherValue));
      case DataType.Row(List<DataType.Row.Field> fields)
          when b instanceof DataType.Row(List<DataType.Row.Field> others)
              && fields.size() == others.size() -> {
        List<DataType.Row.Field> common = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
          DataType type = comparable(fields.get(i).type(), others.get(i).type());
          common.add(new DataType.Row.Field(fields.get(i).name(), type));
        }
        yield new DataType.Row(common);
      }
      default -> a;
    };
  }

  private static boolean isText(DataType type) {
    return type == Simple.VARCHAR || type == Simple.JSON;
  }

  private static int rank(DataType type) {
    return switch (type) {
      case Simple.DATE -> 1;
      case Simple.TIMESTAMP -> 2;
      case Simple.TIMESTAMP_LTZ -> 3;
      case Simple _, DataType.Decimal _, DataType.Array _, DataType.Map _, DataType.Row _ -> 0;
    };
  }
}
