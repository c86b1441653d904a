package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.error.UnsupportedSqlException;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.Case;
import dev.freshet.sql.plan.Expression.Cast;
import dev.freshet.sql.plan.Expression.ColumnRef;
import dev.freshet.sql.plan.Function;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.type.SqlTypeName;

/**
 * Calcite's scalar expressions to ours, with the casts that the plan's functions ask for. Functions
 * are in {@link FunctionCalls}, date and time in {@link TimeCalls}.
 */
final class RexToExpression {
  private static final int UUID_LENGTH = 36;

  private final RexBuilder rexBuilder;
  private final TimeCalls timeCalls = new TimeCalls(this);
  private final CollectionCalls collectionCalls = new CollectionCalls(this);
  private final TextCalls textCalls = new TextCalls(this);
  private final FunctionCalls functionCalls = new FunctionCalls(this);

  RexToExpression(RexBuilder rexBuilder) {
    this.rexBuilder = rexBuilder;
  }

  Expression convert(RexNode rex) {
    return switch (rex) {
      case RexInputRef ref -> new ColumnRef(ref.getIndex(), type(ref.getType()));
      case RexLiteral literal -> Literals.convert(literal);
      case RexOver over ->
          throw new UnsupportedSqlException(
              over.getOperator().getName(),
              "A window function stands in SELECT or QUALIFY. Compute it in a sub-query.");
      case RexSubQuery query ->
          throw new UnsupportedSqlException(
              query.getOperator().getName(), "Write this sub-query as a join.");
      case RexCall call -> call(call);
      case RexFieldAccess access when !(access.getReferenceExpr() instanceof RexCorrelVariable) ->
          collectionCalls.field(access);
      default ->
          throw new UnsupportedSqlException(
              "SELECT", "A sub-query refers to the outer query in this way. Write it as a join.");
    };
  }

  List<Expression> convert(List<RexNode> rexes) {
    List<Expression> expressions = new ArrayList<>(rexes.size());
    for (RexNode rex : rexes) {
      expressions.add(convert(rex));
    }
    return expressions;
  }

  static DataType type(RelDataType type) {
    return Types.of(type)
        .orElseThrow(() ->
            new UnsupportedSqlException(
                type.getSqlTypeName().getName(),
                "Values of type " + type.getSqlTypeName().getName() + " cannot be used yet."));
  }

  private Expression call(RexCall call) {
    return switch (call.getKind()) {
      case EQUALS -> comparison(Function.EQUAL, call);
      case NOT_EQUALS -> comparison(Function.NOT_EQUAL, call);
      case LESS_THAN -> comparison(Function.LESS, call);
      case LESS_THAN_OR_EQUAL -> comparison(Function.LESS_OR_EQUAL, call);
      case GREATER_THAN -> comparison(Function.GREATER, call);
      case GREATER_THAN_OR_EQUAL -> comparison(Function.GREATER_OR_EQUAL, call);
      case IS_DISTINCT_FROM -> comparison(Function.IS_DISTINCT_FROM, call);
      case IS_NOT_DISTINCT_FROM -> not(comparison(Function.IS_DISTINCT_FROM, call));
      case AND -> logic(Function.AND, call);
      case OR -> logic(Function.OR, call);
      case NOT -> not(convert(call.getOperands().getFirst()));
      case IS_NULL, IS_UNKNOWN -> test(Function.IS_NULL, call);
      case IS_NOT_NULL -> test(Function.IS_NOT_NULL, call);
      case IS_TRUE -> test(Function.IS_TRUE, call);
      case IS_FALSE -> test(Function.IS_FALSE, call);
      case IS_NOT_TRUE -> not(test(Function.IS_TRUE, call));
      case IS_NOT_FALSE -> not(test(Function.IS_FALSE, call));
      case SEARCH -> convert(RexUtil.expandSearch(rexBuilder, null, call));
      case CASE -> choice(call);
      case CAST -> cast(call, Cast.OnFailure.ERROR);
      case SAFE_CAST -> cast(call, Cast.OnFailure.NULL);
      case PLUS, MINUS, TIMES, DIVIDE, MOD ->
          TimeCalls.concerns(call) ? timeCalls.convert(call) : arithmetic(call);
      case MINUS_PREFIX -> negate(call);
      default -> timeOrFunction(call);
    };
  }

  private Expression timeOrFunction(RexCall call) {
    if (TimeCalls.concerns(call)) {
      return timeCalls.convert(call);
    }
    Expression result =
        collectionCalls
            .convert(call)
            .or(() -> textCalls.convert(call))
            .orElseGet(() -> functionCalls.convert(call));
    ConstantArguments.check(call.getOperator().getName(), result);
    return result;
  }

  private Expression test(Function function, RexCall call) {
    return Expressions.predicate(function, convert(call.getOperands().getFirst()));
  }

  static Expression not(Expression condition) {
    return Expressions.predicate(Function.NOT, condition);
  }

  private Expression logic(Function function, RexCall call) {
    List<Expression> arguments = new ArrayList<>();
    for (RexNode operand : call.getOperands()) {
      Expression argument = convert(operand);
      if (argument instanceof Expression.Call inner && inner.function() == function) {
        arguments.addAll(inner.arguments());
      } else {
        arguments.add(argument);
      }
    }
    return new Expression.Call(function, List.copyOf(arguments), Simple.BOOLEAN);
  }

  private Expression comparison(Function function, RexCall call) {
    RexNode a = call.getOperands().get(0);
    RexNode b = call.getOperands().get(1);
    boolean equality = function == Function.EQUAL || function == Function.NOT_EQUAL;
    return equality && CollectionCalls.areRows(a, b)
        ? fieldByField(function, (RexCall) a, (RexCall) b)
        : comparison(function, convert(a), convert(b));
  }

  private Expression fieldByField(Function function, RexCall a, RexCall b) {
    List<Expression> equal = new ArrayList<>();
    for (int i = 0; i < a.getOperands().size(); i++) {
      Expression left = convert(a.getOperands().get(i));
      equal.add(comparison(Function.EQUAL, left, convert(b.getOperands().get(i))));
    }
    Expression all = Expressions.and(equal);
    return function == Function.EQUAL ? all : not(all);
  }

  private static Expression comparison(Function function, Expression a, Expression b) {
    Expression left = a;
    Expression right = b;
    if (right instanceof Expression.Literal literal) {
      left = Coercion.withoutCast(left, literal);
    } else if (left instanceof Expression.Literal literal) {
      right = Coercion.withoutCast(right, literal);
    }
    DataType type = Coercion.comparable(left, right);
    if (Types.isCollection(type) && !isEquality(function)) {
      throw new UnsupportedSqlException(
          sign(function), "Arrays, maps and rows have no order. Compare their parts.");
    }
    return Expressions.predicate(function, Expressions.as(left, type), Expressions.as(right, type));
  }

  private static boolean isEquality(Function function) {
    return switch (function) {
      case EQUAL, NOT_EQUAL, IS_DISTINCT_FROM -> true;
      default -> false;
    };
  }

  private static String sign(Function function) {
    return switch (function) {
      case LESS -> "<";
      case LESS_OR_EQUAL -> "<=";
      case GREATER -> ">";
      default -> ">=";
    };
  }

  private Expression arithmetic(RexCall call) {
    Function function =
        switch (call.getKind()) {
          case PLUS -> Function.PLUS;
          case MINUS -> Function.MINUS;
          case TIMES -> Function.TIMES;
          case DIVIDE -> Function.DIVIDE;
          default -> Function.MOD;
        };
    DataType type = type(call.getType());
    Expression left = convert(call.getOperands().get(0));
    Expression right = convert(call.getOperands().get(1));
    if (!Types.isNumeric(type)) {
      // An argument is a bare NULL, which has no type of its own.
      return Expressions.nullOf(Types.isNumeric(left.type()) ? left.type() : Simple.INTEGER);
    }
    DataType computed = Types.isFloating(type) ? Simple.DOUBLE : type;
    Expression result =
        Expressions.call(function, computed, operand(left, computed), operand(right, computed));
    return Expressions.as(result, type);
  }

  private static Expression operand(Expression expression, DataType computed) {
    if (Types.isFloating(computed)) {
      return Expressions.as(expression, Simple.DOUBLE);
    }
    if (computed instanceof DataType.Decimal) {
      return Expressions.as(expression, Types.asDecimal(expression.type()));
    }
    return Types.isInteger(expression.type()) ? expression : Expressions.as(expression, computed);
  }

  private Expression negate(RexCall call) {
    Expression operand = convert(call.getOperands().getFirst());
    return Expressions.call(Function.NEGATE, operand.type(), operand);
  }

  private Expression choice(RexCall call) {
    DataType type = type(call.getType());
    List<RexNode> operands = call.getOperands();
    List<Case.Branch> branches = new ArrayList<>();
    for (int i = 0; i + 1 < operands.size(); i += 2) {
      branches.add(
          new Case.Branch(
              convert(operands.get(i)), Expressions.as(convert(operands.get(i + 1)), type)));
    }
    Expression otherwise = Expressions.as(convert(operands.getLast()), type);
    return new Case(List.copyOf(branches), otherwise, type);
  }

  private Expression cast(RexCall call, Cast.OnFailure onFailure) {
    RexNode operand = call.getOperands().getFirst();
    RelDataType target = call.getType();
    if (Types.isInterval(operand.getType()) || Types.isInterval(target)) {
      return timeCalls.castInterval(operand, target);
    }
    Expression value = convert(operand);
    DataType type = type(target);
    Expression converted =
        onFailure == Cast.OnFailure.ERROR || value.type().equals(type)
            ? Expressions.as(value, type)
            : new Cast(value, type, onFailure);
    return type == Simple.VARCHAR ? fitted(converted, operand.getType(), target) : converted;
  }

  /** CAST to VARCHAR(n) cuts what is longer, CAST to CHAR(n) fills up too. */
  private static Expression fitted(Expression text, RelDataType from, RelDataType to) {
    int length = to.getPrecision();
    boolean character =
        from.getSqlTypeName() == SqlTypeName.CHAR || from.getSqlTypeName() == SqlTypeName.VARCHAR;
    if (from.getSqlTypeName() == SqlTypeName.UUID && length >= UUID_LENGTH) {
      return text;
    }
    boolean fits = character && from.getPrecision() >= 0 && from.getPrecision() <= length;
    if (length < 0 || fits) {
      return text;
    }
    return to.getSqlTypeName() == SqlTypeName.CHAR
        ? Expressions.call(
            Function.RPAD, Simple.VARCHAR, text, Expressions.integer(length), Expressions.text(" "))
        : Expressions.call(
            Function.SUBSTRING,
            Simple.VARCHAR,
            text,
            Expressions.bigint(1),
            Expressions.bigint(length));
  }
}
