package dev.freshet.engine.expression;

import static dev.freshet.engine.expression.Calls.bool;
import static dev.freshet.engine.expression.Calls.call;
import static dev.freshet.engine.expression.Calls.column;
import static dev.freshet.engine.expression.Calls.decimal;
import static dev.freshet.engine.expression.Calls.integer;
import static dev.freshet.engine.expression.Calls.literal;
import static dev.freshet.engine.expression.Calls.number;
import static dev.freshet.engine.expression.Calls.text;
import static dev.freshet.engine.expression.Calls.value;
import static dev.freshet.engine.expression.Calls.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.Case;
import dev.freshet.sql.plan.Expression.Case.Branch;
import dev.freshet.sql.plan.Function;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoreExpressionsTest {
  private static final Expression FAILING =
      call(
          Function.EQUAL,
          Simple.BOOLEAN,
          call(Function.DIVIDE, Simple.BIGINT, number(1), number(0)),
          number(1));

  @Test
  void comparesEveryLayout() {
    assertThat(compare(Function.LESS, number(1), number(2))).isEqualTo(true);
    assertThat(compare(Function.LESS_OR_EQUAL, number(2), number(2))).isEqualTo(true);
    assertThat(compare(Function.GREATER, number(1), number(2))).isEqualTo(false);
    assertThat(compare(Function.GREATER_OR_EQUAL, number(1), number(2))).isEqualTo(false);
    assertThat(compare(Function.NOT_EQUAL, number(1), number(2))).isEqualTo(true);
    assertThat(compare(Function.LESS, text("a"), text("ab"))).isEqualTo(true);
    assertThat(compare(Function.GREATER, text("é"), text("z"))).isEqualTo(true);
    assertThat(compare(Function.EQUAL, text(""), text(""))).isEqualTo(true);
    assertThat(compare(Function.LESS, bool(false), bool(true))).isEqualTo(true);
    assertThat(compare(Function.LESS, decimal("-5.00", 30, 2), decimal("4.99", 30, 2)))
        .isEqualTo(true);
    assertThat(compare(Function.EQUAL, decimal("1.50", 30, 2), decimal("1.5", 30, 2)))
        .isEqualTo(true);
    assertThat(compare(Function.EQUAL, number(1), literal(Simple.BIGINT, null))).isNull();
  }

  @Test
  void ordersNaNLastAndEqualToItself() {
    Expression nan = number(Double.NaN);
    assertThat(compare(Function.EQUAL, nan, nan)).isEqualTo(true);
    assertThat(compare(Function.GREATER, nan, number(Double.POSITIVE_INFINITY))).isEqualTo(true);
    assertThat(compare(Function.LESS, nan, number(1.0))).isEqualTo(false);
    assertThat(compare(Function.LESS_OR_EQUAL, number(1.0), nan)).isEqualTo(true);
    assertThat(compare(Function.EQUAL, number(0.0), number(-0.0))).isEqualTo(true);
  }

  private static Object compare(Function function, Expression a, Expression b) {
    return value(call(function, Simple.BOOLEAN, a, b));
  }

  @Test
  void testsForNull() {
    Expression nothing = literal(Simple.BIGINT, null);
    assertThat(value(call(Function.IS_NULL, Simple.BOOLEAN, nothing))).isEqualTo(true);
    assertThat(value(call(Function.IS_NOT_NULL, Simple.BOOLEAN, number(1)))).isEqualTo(true);
    assertThat(value(call(Function.IS_TRUE, Simple.BOOLEAN, bool(null)))).isEqualTo(false);
    assertThat(value(call(Function.IS_FALSE, Simple.BOOLEAN, bool(false)))).isEqualTo(true);
    assertThat(compare(Function.IS_DISTINCT_FROM, nothing, nothing)).isEqualTo(false);
    assertThat(compare(Function.IS_DISTINCT_FROM, nothing, number(0))).isEqualTo(true);
    assertThat(compare(Function.IS_DISTINCT_FROM, number(1), number(1))).isEqualTo(false);
    assertThat(values(call(Function.IS_NULL, Simple.BOOLEAN, FAILING), one()).get(0).toString())
        .startsWith("failed: Cannot evaluate DIVIDE(1, 0): division by zero.");
  }

  private static Batch one() {
    return Calls.batch(Simple.BIGINT, 1L);
  }

  @Test
  void decidesLogicBeforeFailuresAndNulls() {
    assertThat(logic(Function.AND, bool(false), FAILING)).isEqualTo(false);
    assertThat(logic(Function.AND, FAILING, bool(false))).isEqualTo(false);
    assertThat(logic(Function.OR, FAILING, bool(null), bool(true))).isEqualTo(true);
    assertThat(logic(Function.AND, bool(null), FAILING).toString()).startsWith("failed:");
    assertThat(logic(Function.OR, bool(false), FAILING).toString()).startsWith("failed:");
    assertThat(logic(Function.AND, bool(true), bool(null))).isNull();
    assertThat(logic(Function.OR, bool(true), bool(null))).isEqualTo(true);
    assertThat(logic(Function.AND, bool(true), bool(true), bool(true))).isEqualTo(true);
    assertThat(value(call(Function.NOT, Simple.BOOLEAN, bool(true)))).isEqualTo(false);
    assertThat(value(call(Function.NOT, Simple.BOOLEAN, bool(null)))).isNull();
  }

  private static Object logic(Function function, Expression... operands) {
    return values(call(function, Simple.BOOLEAN, operands), one()).get(0);
  }

  @Test
  void failsWhereIntegersOverflow() {
    assertThat(integers(Function.PLUS, 2, 3)).isEqualTo(5L);
    assertThat(integers(Function.PLUS, Long.MAX_VALUE, 1).toString())
        .isEqualTo(
            "failed: Cannot evaluate PLUS(9223372036854775807, 1): the result does not fit the type BIGINT.");
    assertThat(integers(Function.MINUS, Long.MIN_VALUE, 1).toString()).startsWith("failed:");
    assertThat(integers(Function.TIMES, 1L << 62, 2).toString()).startsWith("failed:");
    assertThat(integers(Function.TIMES, -1, Long.MIN_VALUE).toString()).startsWith("failed:");
    assertThat(integers(Function.DIVIDE, -7, 2)).isEqualTo(-3L);
    assertThat(integers(Function.DIVIDE, Long.MIN_VALUE, -1).toString()).startsWith("failed:");
    assertThat(integers(Function.MOD, -7, 2)).isEqualTo(-1L);
    assertThat(integers(Function.MOD, 7, 0).toString()).contains("division by zero");
    assertThat(
            value(call(Function.PLUS, Simple.INTEGER, integer(Integer.MAX_VALUE), integer(1)))
                .toString())
        .contains("does not fit the type INTEGER");
    assertThat(value(call(Function.NEGATE, Simple.BIGINT, number(Long.MIN_VALUE))).toString())
        .startsWith("failed:");
    assertThat(value(call(Function.ABS, Simple.BIGINT, number(-4L)))).isEqualTo(4L);
    assertThat(value(call(Function.SIGN, Simple.BIGINT, number(-4L)))).isEqualTo(-1L);
    assertThat(value(call(Function.FLOOR, Simple.BIGINT, number(-4L)))).isEqualTo(-4L);
  }

  private static Object integers(Function function, long a, long b) {
    return value(call(function, Simple.BIGINT, number(a), number(b)));
  }

  @Test
  void roundsIntegersLeftOfThePoint() {
    assertThat(value(call(Function.ROUND, Simple.BIGINT, number(1250), integer(-2))))
        .isEqualTo(1300L);
    assertThat(value(call(Function.ROUND, Simple.BIGINT, number(-1250), integer(-2))))
        .isEqualTo(-1300L);
    assertThat(value(call(Function.ROUND, Simple.BIGINT, number(1249), integer(2))))
        .isEqualTo(1249L);
    assertThat(
            value(call(Function.ROUND, Simple.BIGINT, number(Long.MAX_VALUE), integer(-1)))
                .toString())
        .startsWith("failed:");
    assertThat(value(call(Function.ROUND, Simple.BIGINT, number(Long.MAX_VALUE), integer(-30))))
        .isEqualTo(0L);
  }

  @Test
  void computesDoublesAsJavaDoes() {
    assertThat(doubles(Function.PLUS, 0.1, 0.2)).isEqualTo(0.1 + 0.2);
    assertThat(doubles(Function.MINUS, 1, 0.9)).isEqualTo(1 - 0.9);
    assertThat(doubles(Function.DIVIDE, 1, 0)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(doubles(Function.MOD, -7.5, 2)).isEqualTo(-1.5);
    assertThat(doubles(Function.POWER, 2, 10)).isEqualTo(1024.0);
    assertThat(value(call(Function.SQRT, Simple.DOUBLE, number(-1.0)))).isEqualTo(Double.NaN);
    assertThat(value(call(Function.LN, Simple.DOUBLE, number(0.0))))
        .isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(value(call(Function.EXP, Simple.DOUBLE, number(0.0)))).isEqualTo(1.0);
    assertThat(value(call(Function.LOG10, Simple.DOUBLE, number(1000.0)))).isEqualTo(3.0);
    assertThat(value(call(Function.ROUND, Simple.DOUBLE, number(2.675), integer(2))))
        .isEqualTo(2.68);
    assertThat(value(call(Function.ROUND, Simple.DOUBLE, number(-2.5)))).isEqualTo(-3.0);
    assertThat(value(call(Function.FLOOR, Simple.DOUBLE, number(-2.5)))).isEqualTo(-3.0);
    assertThat(value(call(Function.CEIL, Simple.DOUBLE, number(-2.5)))).isEqualTo(-2.0);
    assertThat(
            value(
                call(
                    Function.PLUS,
                    Simple.REAL,
                    literal(Simple.REAL, 0.1f),
                    literal(Simple.REAL, 0.2f))))
        .isEqualTo((double) (0.1f + 0.2f));
  }

  private static Object doubles(Function function, double a, double b) {
    return value(call(function, Simple.DOUBLE, number(a), number(b)));
  }

  @Test
  void computesDecimalsExactly() {
    DataType money = new DataType.Decimal(12, 2);
    assertThat(
            value(
                call(
                    Function.PLUS,
                    new DataType.Decimal(13, 2),
                    decimal("1.10", 12, 2),
                    decimal("2.25", 12, 2))))
        .isEqualTo(new BigDecimal("3.35"));
    assertThat(
            value(
                call(
                    Function.TIMES,
                    new DataType.Decimal(22, 2),
                    decimal("-19.99", 12, 2),
                    decimal("3", 10, 0))))
        .isEqualTo(new BigDecimal("-59.97"));
    assertThat(
            value(
                call(
                    Function.DIVIDE,
                    new DataType.Decimal(27, 6),
                    decimal("10.00", 12, 2),
                    decimal("3.00", 12, 2))))
        .isEqualTo(new BigDecimal("3.333333"));
    assertThat(
            value(call(Function.DIVIDE, money, decimal("1.00", 12, 2), decimal("0.00", 12, 2)))
                .toString())
        .isEqualTo("failed: Cannot evaluate DIVIDE(1.00, 0.00): division by zero.");
    assertThat(
            value(
                    call(
                        Function.PLUS,
                        new DataType.Decimal(3, 0),
                        decimal("999", 3, 0),
                        decimal("1", 3, 0)))
                .toString())
        .contains("does not fit the type DECIMAL(3, 0)");
    assertThat(
            value(
                call(
                    Function.ROUND,
                    new DataType.Decimal(12, 2),
                    decimal("2.345", 12, 3),
                    integer(2))))
        .isEqualTo(new BigDecimal("2.35"));
    assertThat(value(call(Function.FLOOR, new DataType.Decimal(12, 0), decimal("-2.345", 12, 3))))
        .isEqualTo(new BigDecimal("-3"));
    assertThat(value(call(Function.CEIL, new DataType.Decimal(12, 0), decimal("2.001", 12, 3))))
        .isEqualTo(new BigDecimal("3"));
    assertThat(value(call(Function.SIGN, new DataType.Decimal(12, 3), decimal("-2.001", 12, 3))))
        .isEqualTo(new BigDecimal("-1.000"));
    assertThat(value(call(Function.ABS, new DataType.Decimal(12, 3), decimal("-2.001", 12, 3))))
        .isEqualTo(new BigDecimal("2.001"));
  }

  @Test
  void takesTheFirstTrueBranchAndHidesOtherFailures() {
    Expression column = column(0, Simple.BIGINT);
    Expression inverse = call(Function.DIVIDE, Simple.BIGINT, number(100), column);
    Expression expression =
        new Case(
            List.of(
                new Branch(call(Function.IS_NULL, Simple.BOOLEAN, column), number(-1)),
                new Branch(call(Function.EQUAL, Simple.BOOLEAN, column, number(0)), number(0)),
                new Branch(call(Function.GREATER, Simple.BOOLEAN, inverse, number(20)), inverse)),
            literal(Simple.BIGINT, null),
            Simple.BIGINT);
    Batch batch = Calls.batch(Simple.BIGINT, null, 0L, 4L, 50L);
    assertThat(values(expression, batch)).containsExactly(-1L, 0L, 25L, null);
  }

  @Test
  void failsARowWhoseConditionOrTakenBranchFails() {
    Expression column = column(0, Simple.BIGINT);
    Expression inverse = call(Function.DIVIDE, Simple.BIGINT, number(100), column);
    Expression condition =
        new Case(
            List.of(
                new Branch(call(Function.GREATER, Simple.BOOLEAN, inverse, number(20)), text("x"))),
            text("y"),
            Simple.VARCHAR);
    Batch batch = Calls.batch(Simple.BIGINT, 2L, 0L, 50L);
    List<Object> values = values(condition, batch);
    assertThat(values.get(0)).isEqualTo("x");
    assertThat(values.get(1).toString())
        .isEqualTo("failed: Cannot evaluate DIVIDE(100, 0): division by zero.");
    assertThat(values.get(2)).isEqualTo("y");
  }

  @Test
  void selectsOnlyTrueRows() {
    Expression predicate =
        call(
            Function.GREATER,
            Simple.BOOLEAN,
            call(Function.DIVIDE, Simple.BIGINT, number(100), column(0, Simple.BIGINT)),
            number(9));
    CompiledExpression compiled = Expressions.compile(predicate);
    Batch batch = Calls.batch(Simple.BIGINT, 5L, 0L, null, 50L, 10L);
    assertThat(compiled.selectTrue(batch)).containsExactly(0, 4);
    assertThat(compiled.evaluate(batch).failed()).containsExactly(false, true, false, false, false);
    assertThat(compiled.evaluate(Calls.batch(Simple.BIGINT)).trueRows()).isEmpty();
  }

  @Test
  void refusesFunctionsOverOtherTypes() {
    Expression wrong = call(Function.PLUS, Simple.BIGINT, text("a"), number(1));
    assertThatThrownBy(() -> Expressions.compile(wrong))
        .isInstanceOf(FreshetException.class)
        .hasMessage(
            "Cannot evaluate PLUS(VARCHAR, BIGINT) as BIGINT. The function is not defined for these types: add a"
                + " CAST.");
  }
}
