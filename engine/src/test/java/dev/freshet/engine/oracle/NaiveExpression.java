package dev.freshet.engine.oracle;

import dev.freshet.core.type.DataType;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import java.math.BigDecimal;
import java.util.List;

/** Evaluates the few expressions that {@link RandomPlans} makes, on boxed values. */
final class NaiveExpression {
  private NaiveExpression() {}

  /** The row fails. */
  static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  static Object evaluate(Expression expression, List<Object> row) {
    return switch (expression) {
      case Expression.ColumnRef column -> row.get(column.index());
      case Expression.Literal literal -> literal.value().orElse(null);
      case Expression.Call call -> call(call, row);
      case Expression.UserCall _ -> throw new IllegalArgumentException("not generated");
      case Expression.Case choice -> choice(choice, row);
      case Expression.Cast _ -> throw new IllegalArgumentException("not generated");
    };
  }

  static boolean isTrue(Expression expression, List<Object> row) {
    return Boolean.TRUE.equals(evaluate(expression, row));
  }

  private static Object choice(Expression.Case choice, List<Object> row) {
    for (Expression.Case.Branch branch : choice.branches()) {
      if (isTrue(branch.condition(), row)) {
        return evaluate(branch.result(), row);
      }
    }
    return evaluate(choice.otherwise(), row);
  }

  private static Object call(Expression.Call call, List<Object> row) {
    return switch (call.function()) {
      case IS_NULL -> evaluate(call.arguments().get(0), row) == null;
      case IS_NOT_NULL -> evaluate(call.arguments().get(0), row) != null;
      case NOT -> {
        Object value = evaluate(call.arguments().get(0), row);
        yield value == null ? null : !(Boolean) value;
      }
      case EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> compare(call, row);
      case PLUS, MINUS, TIMES, DIVIDE -> arithmetic(call, row);
      default -> throw new IllegalArgumentException("not generated: " + call.function());
    };
  }

  private static Object compare(Expression.Call call, List<Object> row) {
    Object a = evaluate(call.arguments().get(0), row);
    Object b = evaluate(call.arguments().get(1), row);
    if (a == null || b == null) {
      return null;
    }
    int order = NaivePlan.compare(a, b);
    return switch (call.function()) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case LESS_OR_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      default -> order >= 0;
    };
  }

  private static Object arithmetic(Expression.Call call, List<Object> row) {
    Object x = evaluate(call.arguments().get(0), row);
    Object y = evaluate(call.arguments().get(1), row);
    if (x == null || y == null) {
      return null;
    }
    boolean plus = call.function() == Function.PLUS;
    if (x instanceof Double d && y instanceof Double e) {
      return plus ? d + e : d - e;
    }
    if (x instanceof BigDecimal d && y instanceof BigDecimal e) {
      return NaivePlan.checked(plus ? d.add(e) : d.subtract(e), (DataType.Decimal) call.type());
    }
    Long a = (Long) x;
    Long b = (Long) y;
    try {
      return switch (call.function()) {
        case PLUS -> Math.addExact(a, b);
        case MINUS -> Math.subtractExact(a, b);
        case TIMES -> Math.multiplyExact(a, b);
        default -> Math.divideExact(a, b);
      };
    } catch (ArithmeticException e) {
      throw new Failed();
    }
  }
}
