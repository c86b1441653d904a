package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.error.UnsupportedSqlException;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.Case;
import dev.freshet.sql.plan.Expression.Cast;
import dev.freshet.sql.plan.Expression.Literal;
import dev.freshet.sql.plan.Function;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeFamily;

/**
 * Flink's built-in functions, beyond those in {@link FunctionCalls}: some are functions of the
 * plan, the others are written with these.
 *
 * <pre>
 * LOG(b, x)                LN(x) / LN(b)
 * COT(x)                   1 / TAN(x)
 * CONCAT_WS(s, a, b)       SUBSTRING(COALESCE(s || a, '') || COALESCE(s || b, '') FROM length(s) + 1)
 * ELT(n, a, b)             CASE WHEN n = 1 THEN a WHEN n = 2 THEN b END
 * SHA2(x, bits)            CASE WHEN bits = 256 THEN SHA256(x) ... END
 * TO_DATE(x)               TRY_CAST(x AS DATE)
 * UNIX_TIMESTAMP(x, p)     EXTRACT(EPOCH FROM TO_TIMESTAMP(x, p))
 * IS_DIGIT(x)              x IS NOT NULL AND IS_DIGIT(x)
 * TYPEOF(x)                the type's name
 * FROM_UNIXTIME(n, p)      DATE_FORMAT(TIMESTAMP '1970-01-01 00:00:00' + n seconds, p)
 * </pre>
 */
final class BuiltInCalls {
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long MICROS_PER_MILLI = 1_000;
  private static final double DEGREES_PER_RADIAN = 57.29577951308232;
  private static final double RADIANS_PER_DEGREE = 0.017453292519943295;

  private final RexToExpression expressions;

  BuiltInCalls(RexToExpression expressions) {
    this.expressions = expressions;
  }

  /** Empty for a function that is not one of these. */
  Optional<Expression> convert(RexCall call) {
    String name = call.getOperator().getName();
    List<RexNode> operands = call.getOperands();
    return Optional.ofNullable(
        switch (name) {
          case "SIN", "COS", "TAN", "ASIN", "ACOS", "ATAN", "ATAN2", "SINH", "COSH", "TANH" ->
              call(call, Function.valueOf(name), Simple.DOUBLE);
          case "LOG2", "LOG", "COT", "DEGREES", "RADIANS", "PI", "E" -> number(name, operands);
          case "TRUNCATE" -> truncate(call);
          case "BIN", "CHR" -> call(call, Function.valueOf(name), Simple.BIGINT);
          case "HEX" -> hex(call);
          case "CONCAT_WS" -> concatWithSeparator(operands);
          case "REPEAT" -> call(call, Function.REPEAT, Simple.VARCHAR, Simple.BIGINT);
          case "OVERLAY" -> overlay(call);
          case "ELT" -> pick(operands);
          case "SHA2" -> sha2(operands);
          case "INITCAP",
              "ASCII",
              "STARTSWITH",
              "ENDSWITH",
              "JSON_QUOTE",
              "JSON_UNQUOTE",
              "TRANSLATE",
              "SPLIT",
              "PARSE_URL",
              "REGEXP_REPLACE",
              "REGEXP_COUNT",
              "REGEXP_INSTR",
              "MD5",
              "SHA1",
              "SHA224",
              "SHA256",
              "SHA384",
              "SHA512",
              "TO_BASE64",
              "FROM_BASE64",
              "URL_ENCODE",
              "URL_DECODE",
              "UNHEX",
              "ENCODE",
              "CONVERT_TZ" ->
              call(call, Function.valueOf(name), Simple.VARCHAR);
          case "IS_ALPHA", "IS_DIGIT", "IS_DECIMAL" -> test(call, Function.valueOf(name));
          case "TYPEOF" -> Expressions.text(TypeNames.of(operands.getFirst().getType()));
          case "JSON_STRING" ->
              result(call, Function.JSON_STRING, expressions.convert(operands.getFirst()));
          case "REGEXP_SUBSTR" ->
              result(
                  call,
                  Function.REGEXP_EXTRACT,
                  text(operands.get(0)),
                  text(operands.get(1)),
                  Expressions.integer(0));
          case "REGEXP_EXTRACT_ALL" -> extractAll(call);
          case "DECODE" ->
              result(
                  call,
                  Function.DECODE,
                  expressions.convert(operands.get(0)),
                  text(operands.get(1)));
          case "TO_DATE" -> as(parsed(operands, Simple.DATE), Simple.DATE);
          case "TO_TIMESTAMP" -> parsed(operands, Simple.TIMESTAMP);
          case "UNIX_TIMESTAMP" ->
              Expressions.call(
                  Function.EXTRACT_EPOCH, Simple.BIGINT, parsed(operands, Simple.TIMESTAMP));
          case "TO_TIMESTAMP_LTZ" -> moment(operands);
          case "FROM_UNIXTIME" -> fromSeconds(operands);
          case "ARRAY_DISTINCT",
              "ARRAY_REVERSE",
              "ARRAY_CONCAT",
              "ARRAY_UNION",
              "ARRAY_INTERSECT",
              "ARRAY_EXCEPT" ->
              arrays(call, Function.valueOf(name));
          case "ARRAY" -> array(call);
          case "ARRAY_APPEND" -> concat(call, array(call, 0), element(call));
          case "ARRAY_PREPEND" -> concat(call, element(call), array(call, 0));
          case "ARRAY_MAX" -> extreme(call, Function.ARRAY_MAX);
          case "ARRAY_MIN" -> extreme(call, Function.ARRAY_MIN);
          case "ARRAY_REMOVE" -> remove(call);
          case "ARRAY_SLICE" -> slice(call);
          case "ARRAY_POSITION" -> position(call);
          default -> null;
        });
  }

  private static Expression result(RexCall call, Function function, Expression... arguments) {
    return Expressions.call(function, RexToExpression.type(call.getType()), arguments);
  }

  private static Expression as(Expression expression, DataType type) {
    return Expressions.as(expression, type);
  }

  private Expression argument(RexNode operand, DataType type) {
    return as(expressions.convert(operand), type);
  }

  private Expression text(RexNode operand) {
    return argument(operand, Simple.VARCHAR);
  }

  /** The function over arguments of these types; the last type is that of all further arguments. */
  private Expression call(RexCall call, Function function, DataType... types) {
    List<RexNode> operands = call.getOperands();
    Expression[] arguments = new Expression[operands.size()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = argument(operands.get(i), types[Math.min(i, types.length - 1)]);
    }
    return result(call, function, arguments);
  }

  /** FALSE for NULL. */
  private Expression test(RexCall call, Function function) {
    Expression text = text(call.getOperands().getFirst());
    return Expressions.and(
        List.of(
            Expressions.predicate(Function.IS_NOT_NULL, text),
            Expressions.predicate(function, text)));
  }

  private Expression number(String name, List<RexNode> operands) {
    List<Expression> arguments =
        operands.stream().map(operand -> argument(operand, Simple.DOUBLE)).toList();
    return switch (name) {
      case "LOG2" -> divide(doubles(Function.LN, arguments.getFirst()), number(Math.log(2)));
      case "LOG" ->
          arguments.size() == 1
              ? doubles(Function.LN, arguments.getFirst())
              : divide(
                  doubles(Function.LN, arguments.get(1)), doubles(Function.LN, arguments.get(0)));
      case "COT" -> divide(number(1), doubles(Function.TAN, arguments.getFirst()));
      case "DEGREES" -> doubles(Function.TIMES, arguments.getFirst(), number(DEGREES_PER_RADIAN));
      case "RADIANS" -> doubles(Function.TIMES, arguments.getFirst(), number(RADIANS_PER_DEGREE));
      case "PI" -> number(Math.PI);
      default -> number(Math.E);
    };
  }

  private static Expression divide(Expression a, Expression b) {
    return doubles(Function.DIVIDE, a, b);
  }

  private static Expression doubles(Function function, Expression... arguments) {
    return Expressions.call(function, Simple.DOUBLE, arguments);
  }

  private static Expression number(double value) {
    return new Literal(Simple.DOUBLE, Optional.of(value));
  }

  private Expression truncate(RexCall call) {
    List<RexNode> operands = call.getOperands();
    Expression digits =
        operands.size() > 1 ? argument(operands.get(1), Simple.INTEGER) : Expressions.integer(0);
    return result(call, Function.TRUNCATE, expressions.convert(operands.get(0)), digits);
  }

  private Expression hex(RexCall call) {
    Expression value = expressions.convert(call.getOperands().getFirst());
    return result(
        call, Function.HEX, Types.isInteger(value.type()) ? as(value, Simple.BIGINT) : value);
  }

  private Expression concatWithSeparator(List<RexNode> operands) {
    Expression separator = text(operands.getFirst());
    List<Expression> parts = new ArrayList<>();
    for (RexNode operand : operands.subList(1, operands.size())) {
      Expression part = text(operand);
      parts.add(
          Expressions.choose(
              Expressions.predicate(Function.IS_NULL, part),
              Expressions.text(""),
              texts(Function.CONCAT, separator, part)));
    }
    Expression start =
        Expressions.call(
            Function.PLUS,
            Simple.BIGINT,
            Expressions.call(Function.CHAR_LENGTH, Simple.BIGINT, separator),
            Expressions.bigint(1));
    Expression all =
        parts.size() == 1
            ? parts.getFirst()
            : texts(Function.CONCAT, parts.toArray(Expression[]::new));
    return texts(Function.SUBSTRING, all, start);
  }

  private static Expression texts(Function function, Expression... arguments) {
    return Expressions.call(function, Simple.VARCHAR, arguments);
  }

  private Expression overlay(RexCall call) {
    List<RexNode> operands = call.getOperands();
    Expression replacement = text(operands.get(1));
    Expression length =
        operands.size() > 3
            ? argument(operands.get(3), Simple.BIGINT)
            : Expressions.call(Function.CHAR_LENGTH, Simple.BIGINT, replacement);
    return result(
        call,
        Function.OVERLAY,
        text(operands.get(0)),
        replacement,
        argument(operands.get(2), Simple.BIGINT),
        length);
  }

  private Expression pick(List<RexNode> operands) {
    Expression index = argument(operands.getFirst(), Simple.BIGINT);
    List<Case.Branch> branches = new ArrayList<>();
    for (int i = 1; i < operands.size(); i++) {
      branches.add(
          new Case.Branch(
              Expressions.predicate(Function.EQUAL, index, Expressions.bigint(i)),
              text(operands.get(i))));
    }
    return new Case(List.copyOf(branches), Expressions.nullOf(Simple.VARCHAR), Simple.VARCHAR);
  }

  private Expression sha2(List<RexNode> operands) {
    Expression text = text(operands.get(0));
    if (!(argument(operands.get(1), Simple.BIGINT) instanceof Literal bits)
        || bits.value().isEmpty()) {
      throw new UnsupportedSqlException("SHA2", "Its length must be 224, 256, 384 or 512.");
    }
    return switch (bits.value().get().toString()) {
      case "224" -> texts(Function.SHA224, text);
      case "256" -> texts(Function.SHA256, text);
      case "384" -> texts(Function.SHA384, text);
      case "512" -> texts(Function.SHA512, text);
      default ->
          throw new UnsupportedSqlException("SHA2", "Its length must be 224, 256, 384 or 512.");
    };
  }

  private Expression extractAll(RexCall call) {
    List<RexNode> operands = call.getOperands();
    Expression group =
        operands.size() > 2 ? argument(operands.get(2), Simple.INTEGER) : Expressions.integer(0);
    return result(
        call, Function.REGEXP_EXTRACT_ALL, text(operands.get(0)), text(operands.get(1)), group);
  }

  /** (text) or (text, pattern): NULL for a text that does not fit. */
  private Expression parsed(List<RexNode> operands, DataType withoutPattern) {
    Expression text = text(operands.getFirst());
    return operands.size() == 1
        ? Folding.fold(new Cast(text, withoutPattern, Cast.OnFailure.NULL))
        : Expressions.call(Function.TO_TIMESTAMP, Simple.TIMESTAMP, text, text(operands.get(1)));
  }

  /** Of a number, or of a text without a zone, which is taken in UTC. */
  private Expression moment(List<RexNode> operands) {
    if (!SqlTypeFamily.CHARACTER.contains(operands.getFirst().getType())) {
      return fromNumber(operands);
    }
    if (operands.size() > 1 && operands.get(1).getKind() == SqlKind.CAST) {
      throw new UnsupportedSqlException(
          "TO_TIMESTAMP_LTZ",
          "A text takes a pattern, such as 'yyyy-MM-dd HH:mm:ss', a number its precision.");
    }
    return as(parsed(operands, Simple.TIMESTAMP), Simple.TIMESTAMP_LTZ);
  }

  private Expression fromNumber(List<RexNode> operands) {
    long digits = 3;
    if (operands.size() > 1) {
      digits =
          argument(operands.get(1), Simple.BIGINT) instanceof Literal literal
                  && literal.value().isPresent()
              ? (Long) literal.value().get()
              : -1;
    }
    if (digits != 0 && digits != 3) {
      throw new UnsupportedSqlException(
          "TO_TIMESTAMP_LTZ", "Its precision must be 0 for seconds or 3 for milliseconds.");
    }
    Expression epoch = new Literal(Simple.TIMESTAMP_LTZ, Optional.of(Instant.EPOCH));
    long unit = digits == 0 ? MICROS_PER_SECOND : MICROS_PER_MILLI;
    return Expressions.call(
        Function.PLUS_MICROS, Simple.TIMESTAMP_LTZ, epoch, micros(operands.getFirst(), unit));
  }

  private Expression micros(RexNode number, long unit) {
    return Expressions.call(
        Function.TIMES, Simple.BIGINT, argument(number, Simple.BIGINT), Expressions.bigint(unit));
  }

  private Expression fromSeconds(List<RexNode> operands) {
    Expression epoch =
        new Literal(Simple.TIMESTAMP, Optional.of(LocalDateTime.of(1970, 1, 1, 0, 0)));
    Expression time =
        Expressions.call(
            Function.PLUS_MICROS,
            Simple.TIMESTAMP,
            epoch,
            micros(operands.getFirst(), MICROS_PER_SECOND));
    Expression pattern =
        operands.size() > 1 ? text(operands.get(1)) : Expressions.text("yyyy-MM-dd HH:mm:ss");
    return texts(Function.DATE_FORMAT, time, pattern);
  }

  private Expression arrays(RexCall call, Function function) {
    DataType type = RexToExpression.type(call.getType());
    return result(
        call,
        function,
        call.getOperands().stream()
            .map(operand -> argument(operand, type))
            .toArray(Expression[]::new));
  }

  private Expression slice(RexCall call) {
    List<Expression> arguments = new ArrayList<>();
    arguments.add(expressions.convert(call.getOperands().getFirst()));
    for (RexNode index : call.getOperands().subList(1, call.getOperands().size())) {
      arguments.add(argument(index, Simple.BIGINT));
    }
    return result(call, Function.ARRAY_SLICE, arguments.toArray(Expression[]::new));
  }

  private Expression position(RexCall call) {
    Expression array = expressions.convert(call.getOperands().get(0));
    Expression value = expressions.convert(call.getOperands().get(1));
    if (array.type() instanceof DataType.Array(DataType element)) {
      value = as(value, element);
    }
    return result(call, Function.ARRAY_POSITION, array, value);
  }

  private Expression array(RexCall call) {
    DataType type = RexToExpression.type(call.getType());
    if (!(type instanceof DataType.Array(DataType element))) {
      throw new UnsupportedSqlException("ARRAY", "Its elements must have a common type.");
    }
    return result(
        call,
        Function.ARRAY,
        call.getOperands().stream()
            .map(operand -> argument(operand, element))
            .toArray(Expression[]::new));
  }

  private Expression array(RexCall call, int operand) {
    return argument(call.getOperands().get(operand), RexToExpression.type(call.getType()));
  }

  /** The second argument as an array of one. */
  private Expression element(RexCall call) {
    DataType type = RexToExpression.type(call.getType());
    DataType element = ((DataType.Array) type).element();
    return Expressions.call(Function.ARRAY, type, argument(call.getOperands().get(1), element));
  }

  private static Expression concat(RexCall call, Expression first, Expression second) {
    return result(call, Function.ARRAY_CONCAT, first, second);
  }

  private Expression extreme(RexCall call, Function function) {
    return result(call, function, expressions.convert(call.getOperands().getFirst()));
  }

  private Expression remove(RexCall call) {
    return result(call, Function.ARRAY_REMOVE, array(call, 0), element(call));
  }
}
