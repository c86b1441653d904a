package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.Literal;

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
    return rank(a) >= rank(b) ? a : b;
  }

  private static boolean isText(DataType type) {
    return type == Simple.VARCHAR || type == Simple.JSON;
  }

  private static int rank(DataType type) {
    return switch (type) {
      case Simple.DATE -> 1;
      case Simple.TIMESTAMP -> 2;
      case Simple.TIMESTAMP_LTZ -> 3;
      case Simple _, DataType.Decimal _, DataType.Array _ -> 0;
    };
  }
}
