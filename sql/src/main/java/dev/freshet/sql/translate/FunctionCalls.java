package dev.freshet.sql.translate;

import dev.freshet.core.function.library.ScalarMethod;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.dialect.UserScalar;
import dev.freshet.sql.error.UnsupportedSqlException;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.Case;
import dev.freshet.sql.plan.Function;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlJsonEmptyOrError;
import org.apache.calcite.sql.SqlJsonQueryEmptyOrErrorBehavior;
import org.apache.calcite.sql.SqlJsonQueryWrapperBehavior;
import org.apache.calcite.sql.SqlJsonValueEmptyOrErrorBehavior;
import org.apache.calcite.sql.fun.SqlTrimFunction;
import org.jspecify.annotations.Nullable;

/** Functions by name, with their arguments in the types that the plan's functions ask for. */
final class FunctionCalls {
  private final RexToExpression expressions;

  FunctionCalls(RexToExpression expressions) {
    this.expressions = expressions;
  }

  Expression convert(RexCall call) {
    String name = call.getOperator().getName();
    List<RexNode> operands = call.getOperands();
    if (call.getOperator() instanceof UserScalar user) {
      return user(user, call);
    }
    return switch (name) {
      case "+" -> expressions.convert(operands.getFirst());
      case "||", "CONCAT" -> concat(call);
      case "UPPER" -> texts(Function.UPPER, call);
      case "LOWER" -> texts(Function.LOWER, call);
      case "CHAR_LENGTH", "CHARACTER_LENGTH" -> texts(Function.CHAR_LENGTH, call);
      case "REPLACE" -> texts(Function.REPLACE, call);
      case "POSITION" -> texts(Function.POSITION, call);
      case "LOCATE" -> locate(call);
      case "INSTR" -> result(call, Function.POSITION, text(operands.get(1)), text(operands.get(0)));
      case "REVERSE" -> texts(Function.REVERSE, call);
      case "REGEXP" -> texts(Function.REGEXP, call);
      case "LIKE" -> texts(Function.LIKE, call);
      case "TRIM" -> trim(call);
      case "BTRIM" -> trim(Function.TRIM, call);
      case "LTRIM" -> trim(Function.LTRIM, call);
      case "RTRIM" -> trim(Function.RTRIM, call);
      case "SUBSTRING", "SUBSTR" -> substring(call);
      case "LEFT" -> textAndNumbers(Function.LEFT, call);
      case "RIGHT" -> textAndNumbers(Function.RIGHT, call);
      case "LPAD" -> textAndNumbers(Function.LPAD, call);
      case "RPAD" -> textAndNumbers(Function.RPAD, call);
      case "SPLIT_INDEX" -> textAndNumbers(Function.SPLIT_INDEX, call);
      case "REGEXP_EXTRACT" -> regexpExtract(call);
      case "DATE_FORMAT" ->
          result(call, Function.DATE_FORMAT, time(operands.get(0)), text(operands.get(1)));
      case "ABS" -> numeric(Function.ABS, call);
      case "FLOOR" -> numeric(Function.FLOOR, call);
      case "CEIL" -> numeric(Function.CEIL, call);
      case "SIGN" -> numeric(Function.SIGN, call);
      case "ROUND" -> round(call);
      case "SQRT", "EXP", "LN", "LOG10", "POWER" -> doubles(Function.valueOf(name), call);
      case "JSON_VALUE" -> jsonValue(call);
      case "JSON_QUERY" -> json(Function.JSON_QUERY, call);
      case "JSON_EXISTS" -> json(Function.JSON_EXISTS, call);
      case "CARDINALITY" ->
          result(call, Function.CARDINALITY, expressions.convert(operands.getFirst()));
      case "ARRAY_CONTAINS" -> arrayContains(call);
      case "ARRAY_JOIN" ->
          result(
              call,
              Function.ARRAY_JOIN,
              expressions.convert(operands.get(0)),
              text(operands.get(1)));
      case "GREATEST" -> sameTypes(Function.GREATEST, call);
      case "LEAST" -> sameTypes(Function.LEAST, call);
      case "IFNULL" -> ifNull(call);
      default ->
          new BuiltInCalls(expressions)
              .convert(call)
              .orElseThrow(() ->
                  new UnsupportedSqlException(name, "The function " + name + " is not there yet."));
    };
  }

  private Expression user(UserScalar function, RexCall call) {
    ScalarMethod method =
        function.method(call.getOperands().stream().map(RexNode::getType).toList()).orElseThrow();
    return new Expression.UserCall(method, expressions.convert(call.getOperands()), method.type());
  }

  /** The call with this result, in the type that SQL gives it. */
  private static Expression result(RexCall call, Function function, Expression... arguments) {
    return Expressions.call(function, RexToExpression.type(call.getType()), arguments);
  }

  private Expression locate(RexCall call) {
    List<RexNode> operands = call.getOperands();
    Expression search = text(operands.get(0));
    Expression text = text(operands.get(1));
    return operands.size() == 2
        ? result(call, Function.POSITION, search, text)
        : result(
            call,
            Function.POSITION,
            search,
            text,
            Expressions.as(expressions.convert(operands.get(2)), Simple.BIGINT));
  }

  /** A text counts as a TIMESTAMP. */
  private Expression time(RexNode operand) {
    Expression time = expressions.convert(operand);
    return time.type() == Simple.VARCHAR ? Expressions.as(time, Simple.TIMESTAMP) : time;
  }

  private Expression text(RexNode operand) {
    return Expressions.as(expressions.convert(operand), Simple.VARCHAR);
  }

  private Expression texts(Function function, RexCall call) {
    return result(
        call, function, call.getOperands().stream().map(this::text).toArray(Expression[]::new));
  }

  /** One call for a chain of {@code ||}. */
  private Expression concat(RexCall call) {
    List<Expression> parts = new ArrayList<>();
    for (RexNode operand : call.getOperands()) {
      Expression part = text(operand);
      if (part instanceof Expression.Call inner && inner.function() == Function.CONCAT) {
        parts.addAll(inner.arguments());
      } else {
        parts.add(part);
      }
    }
    return result(call, Function.CONCAT, parts.toArray(Expression[]::new));
  }

  /** Text arguments as VARCHAR, whole numbers as INTEGER. */
  private Expression textAndNumbers(Function function, RexCall call) {
    return result(
        call,
        function,
        call.getOperands().stream()
            .map(operand -> {
              Expression argument = expressions.convert(operand);
              return Types.isNumeric(argument.type())
                  ? Expressions.as(argument, Simple.INTEGER)
                  : Expressions.as(argument, Simple.VARCHAR);
            })
            .toArray(Expression[]::new));
  }

  private Expression trim(RexCall call) {
    List<RexNode> operands = call.getOperands();
    SqlTrimFunction.Flag flag =
        Objects.requireNonNull(
            ((RexLiteral) operands.get(0)).getValueAs(SqlTrimFunction.Flag.class));
    Function function =
        switch (flag) {
          case BOTH -> Function.TRIM;
          case LEADING -> Function.LTRIM;
          case TRAILING -> Function.RTRIM;
        };
    return result(call, function, text(operands.get(2)), text(operands.get(1)));
  }

  private Expression trim(Function function, RexCall call) {
    List<RexNode> operands = call.getOperands();
    Expression characters = operands.size() > 1 ? text(operands.get(1)) : Expressions.text(" ");
    return result(call, function, text(operands.get(0)), characters);
  }

  private Expression substring(RexCall call) {
    List<Expression> arguments = new ArrayList<>();
    arguments.add(text(call.getOperands().getFirst()));
    for (RexNode operand : call.getOperands().subList(1, call.getOperands().size())) {
      arguments.add(Expressions.as(expressions.convert(operand), Simple.BIGINT));
    }
    return result(call, Function.SUBSTRING, arguments.toArray(Expression[]::new));
  }

  private Expression regexpExtract(RexCall call) {
    List<RexNode> operands = call.getOperands();
    Expression group =
        operands.size() > 2
            ? Expressions.as(expressions.convert(operands.get(2)), Simple.INTEGER)
            : Expressions.integer(0);
    return result(
        call, Function.REGEXP_EXTRACT, text(operands.get(0)), text(operands.get(1)), group);
  }

  private Expression numeric(Function function, RexCall call) {
    return result(call, function, expressions.convert(call.getOperands().getFirst()));
  }

  private Expression round(RexCall call) {
    List<RexNode> operands = call.getOperands();
    Expression digits =
        operands.size() > 1
            ? Expressions.as(expressions.convert(operands.get(1)), Simple.INTEGER)
            : Expressions.integer(0);
    return result(call, Function.ROUND, expressions.convert(operands.get(0)), digits);
  }

  private Expression doubles(Function function, RexCall call) {
    return result(
        call,
        function,
        call.getOperands().stream()
            .map(operand -> Expressions.as(expressions.convert(operand), Simple.DOUBLE))
            .toArray(Expression[]::new));
  }

  private Expression json(Function function, RexCall call) {
    for (RexNode option : call.getOperands().subList(2, call.getOperands().size())) {
      if (!(option instanceof RexLiteral literal) || !isDefault(literal.getValue())) {
        throw new UnsupportedSqlException(
            call.getOperator().getName(),
            "Of its options only NULL ON EMPTY, NULL ON ERROR and WITHOUT WRAPPER are there.");
      }
    }
    Expression document = expressions.convert(call.getOperands().get(0));
    if (document.type() != Simple.JSON) {
      document = Expressions.as(document, Simple.VARCHAR);
    }
    Expression path = text(call.getOperands().get(1));
    if (!(path instanceof Expression.Literal)) {
      throw new UnsupportedSqlException(
          call.getOperator().getName(), "The path must be a literal, such as '$.address.city'.");
    }
    return Expressions.call(
        function,
        function == Function.JSON_EXISTS ? Simple.BOOLEAN : Simple.VARCHAR,
        document,
        path);
  }

  private static boolean isDefault(@Nullable Object option) {
    return option == null
        || option == SqlJsonValueEmptyOrErrorBehavior.NULL
        || option == SqlJsonQueryEmptyOrErrorBehavior.NULL
        || option == SqlJsonQueryWrapperBehavior.WITHOUT_ARRAY
        || option instanceof SqlJsonEmptyOrError;
  }

  private Expression jsonValue(RexCall call) {
    Expression value = json(Function.JSON_VALUE, call);
    DataType type = RexToExpression.type(call.getType());
    return value.type().equals(type)
        ? value
        : new Expression.Cast(value, type, Expression.Cast.OnFailure.NULL);
  }

  private Expression arrayContains(RexCall call) {
    Expression array = expressions.convert(call.getOperands().get(0));
    Expression value = expressions.convert(call.getOperands().get(1));
    if (array.type() instanceof DataType.Array(DataType element)) {
      value = Expressions.as(value, element);
    }
    return result(call, Function.ARRAY_CONTAINS, array, value);
  }

  private Expression sameTypes(Function function, RexCall call) {
    DataType type = RexToExpression.type(call.getType());
    return result(
        call,
        function,
        call.getOperands().stream()
            .map(operand -> Expressions.as(expressions.convert(operand), type))
            .toArray(Expression[]::new));
  }

  private Expression ifNull(RexCall call) {
    DataType type = RexToExpression.type(call.getType());
    Expression value = Expressions.as(expressions.convert(call.getOperands().get(0)), type);
    Expression other = Expressions.as(expressions.convert(call.getOperands().get(1)), type);
    Expression present = Expressions.predicate(Function.IS_NOT_NULL, value);
    return new Case(List.of(new Case.Branch(present, value)), other, type);
  }
}
