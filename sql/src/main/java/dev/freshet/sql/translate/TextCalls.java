package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.error.UnsupportedSqlException;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlJsonConstructorNullClause;
import org.jspecify.annotations.Nullable;

/**
 * SIMILAR TO, IS JSON, and texts that are written from values.
 *
 * <pre>
 * x SIMILAR TO 'a|b'     REGEXP(x, '(?s)\A(?:a|b)\z')
 * x IS JSON OBJECT       CASE WHEN x IS NOT NULL THEN IS_JSON(x, 'OBJECT') ELSE FALSE END
 * </pre>
 */
final class TextCalls {
  private final RexToExpression expressions;

  TextCalls(RexToExpression expressions) {
    this.expressions = expressions;
  }

  /** Empty for a call that is not one of these. */
  Optional<Expression> convert(RexCall call) {
    return Optional.ofNullable(named(call.getOperator().getName(), call));
  }

  private @Nullable Expression named(String name, RexCall call) {
    return switch (name) {
      case "SIMILAR TO" -> similar(call);
      case "NOT SIMILAR TO" -> RexToExpression.not(similar(call));
      case "IS JSON VALUE", "IS JSON OBJECT", "IS JSON ARRAY", "IS JSON SCALAR" ->
          isJson(call, name.substring("IS JSON ".length()));
      case "IS NOT JSON VALUE", "IS NOT JSON OBJECT", "IS NOT JSON ARRAY", "IS NOT JSON SCALAR" ->
          RexToExpression.not(isJson(call, name.substring("IS NOT JSON ".length())));
      // What Calcite puts around a JSON function inside of another.
      case "JSON_TYPE" ->
          Expressions.as(expressions.convert(call.getOperands().getFirst()), Simple.JSON);
      case "JSON_OBJECT" -> object(call);
      case "JSON_ARRAY" -> array(call);
      case "PRINTF" -> printf(call);
      default -> null;
    };
  }

  private Expression similar(RexCall call) {
    List<RexNode> operands = call.getOperands();
    String pattern = literal(operands.get(1));
    String escape = operands.size() > 2 ? literal(operands.get(2)) : "";
    String regex;
    try {
      regex = SimilarPattern.regex(pattern, escape);
    } catch (IllegalArgumentException e) {
      throw new UnsupportedSqlException(
          "SIMILAR TO", "Its pattern is not valid. Write LIKE, or REGEXP(text, pattern).");
    }
    Expression text = Expressions.as(expressions.convert(operands.getFirst()), Simple.VARCHAR);
    return Expressions.predicate(Function.REGEXP, text, Expressions.text(regex));
  }

  private static String literal(RexNode node) {
    if (node instanceof RexLiteral literal && !literal.isNull()) {
      String text = literal.getValueAs(String.class);
      if (text != null) {
        return text;
      }
    }
    throw new UnsupportedSqlException(
        "SIMILAR TO", "Its pattern must be a literal. REGEXP(text, pattern) takes any.");
  }

  private Expression isJson(RexCall call, String kind) {
    Expression document = expressions.convert(call.getOperands().getFirst());
    if (document.type() != Simple.JSON) {
      document = Expressions.as(document, Simple.VARCHAR);
    }
    return Expressions.choose(
        Expressions.predicate(Function.IS_NOT_NULL, document),
        Expressions.predicate(Function.IS_JSON, document, Expressions.text(kind)),
        new Expression.Literal(Simple.BOOLEAN, Optional.of(false)));
  }

  private Expression object(RexCall call) {
    List<Expression> arguments = new ArrayList<>();
    arguments.add(keepsNulls(call));
    List<RexNode> operands = call.getOperands();
    for (int i = 1; i < operands.size(); i += 2) {
      Expression name = Expressions.as(expressions.convert(operands.get(i)), Simple.VARCHAR);
      if (!(name instanceof Expression.Literal literal) || literal.value().isEmpty()) {
        throw new UnsupportedSqlException("JSON_OBJECT", "Its names are literals, as in Flink.");
      }
      arguments.add(name);
      arguments.add(value(operands.get(i + 1)));
    }
    return written(Function.JSON_OBJECT, arguments);
  }

  private Expression array(RexCall call) {
    List<Expression> arguments = new ArrayList<>();
    arguments.add(keepsNulls(call));
    for (RexNode operand : call.getOperands().subList(1, call.getOperands().size())) {
      arguments.add(value(operand));
    }
    return written(Function.JSON_ARRAY, arguments);
  }

  private static Expression keepsNulls(RexCall call) {
    boolean keeps =
        call.getOperands().getFirst() instanceof RexLiteral clause
            && clause.getValue() == SqlJsonConstructorNullClause.NULL_ON_NULL;
    return new Expression.Literal(Simple.BOOLEAN, Optional.of(keeps));
  }

  /** What is JSON already stands as it is. */
  private Expression value(RexNode operand) {
    Expression value = expressions.convert(operand);
    boolean isJson =
        value instanceof Expression.Call call
            && switch (call.function()) {
              case JSON_OBJECT, JSON_ARRAY, JSON_QUERY -> true;
              default -> false;
            };
    return isJson ? Expressions.as(value, Simple.JSON) : value;
  }

  private Expression printf(RexCall call) {
    List<Expression> arguments = new ArrayList<>(expressions.convert(call.getOperands()));
    arguments.set(0, Expressions.as(arguments.getFirst(), Simple.VARCHAR));
    return written(Function.PRINTF, arguments);
  }

  private static Expression written(Function function, List<Expression> arguments) {
    DataType text = Simple.VARCHAR;
    return Expressions.call(function, text, arguments.toArray(Expression[]::new));
  }
}
