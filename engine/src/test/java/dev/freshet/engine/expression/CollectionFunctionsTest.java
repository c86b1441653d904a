package dev.freshet.engine.expression;

import static dev.freshet.engine.expression.Calls.bool;
import static dev.freshet.engine.expression.Calls.call;
import static dev.freshet.engine.expression.Calls.decimal;
import static dev.freshet.engine.expression.Calls.literal;
import static dev.freshet.engine.expression.Calls.number;
import static dev.freshet.engine.expression.Calls.text;
import static dev.freshet.engine.expression.Calls.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CollectionFunctionsTest {
  private static final DataType NUMBERS = new DataType.Array(Simple.BIGINT);
  private static final Expression ARRAY = literal(NUMBERS, Arrays.asList(5L, null, 7L));
  private static final Expression EMPTY = literal(NUMBERS, List.of());
  private static final Expression NOTHING = literal(NUMBERS, null);

  @Test
  void countsElements() {
    assertThat(value(call(Function.CARDINALITY, Simple.INTEGER, ARRAY))).isEqualTo(3L);
    assertThat(value(call(Function.CARDINALITY, Simple.INTEGER, EMPTY))).isEqualTo(0L);
    assertThat(value(call(Function.CARDINALITY, Simple.INTEGER, NOTHING))).isNull();
  }

  @Test
  void picksElementsFromOne() {
    assertThat(value(call(Function.ELEMENT, Simple.BIGINT, ARRAY, number(1)))).isEqualTo(5L);
    assertThat(value(call(Function.ELEMENT, Simple.BIGINT, ARRAY, number(2)))).isNull();
    assertThat(value(call(Function.ELEMENT, Simple.BIGINT, ARRAY, number(3)))).isEqualTo(7L);
    assertThat(value(call(Function.ELEMENT, Simple.BIGINT, ARRAY, number(4)))).isNull();
    assertThat(value(call(Function.ELEMENT, Simple.BIGINT, ARRAY, number(0)))).isNull();
    assertThat(value(call(Function.ELEMENT, Simple.BIGINT, ARRAY, number(Long.MIN_VALUE))))
        .isNull();
    assertThat(value(call(Function.ELEMENT, Simple.BIGINT, NOTHING, number(1)))).isNull();
  }

  @Test
  void searchesArrays() {
    assertThat(value(call(Function.ARRAY_CONTAINS, Simple.BOOLEAN, ARRAY, number(7))))
        .isEqualTo(true);
    assertThat(value(call(Function.ARRAY_CONTAINS, Simple.BOOLEAN, ARRAY, number(0))))
        .isEqualTo(false);
    assertThat(
            value(
                call(Function.ARRAY_CONTAINS, Simple.BOOLEAN, ARRAY, literal(Simple.BIGINT, null))))
        .isNull();
    Expression words = literal(new DataType.Array(Simple.VARCHAR), List.of("a", "b"));
    assertThat(value(call(Function.ARRAY_CONTAINS, Simple.BOOLEAN, words, text("b"))))
        .isEqualTo(true);
  }

  @Test
  void joinsElementsWithoutNulls() {
    assertThat(value(call(Function.ARRAY_JOIN, Simple.VARCHAR, ARRAY, text(", "))))
        .isEqualTo("5, 7");
    assertThat(value(call(Function.ARRAY_JOIN, Simple.VARCHAR, EMPTY, text(", ")))).isEqualTo("");
    assertThat(value(call(Function.ARRAY_JOIN, Simple.VARCHAR, NOTHING, text(", ")))).isNull();
    assertThat(
            value(
                call(
                    Function.ARRAY_JOIN,
                    Simple.VARCHAR,
                    literal(new DataType.Array(Simple.VARCHAR), Arrays.asList(null, "", "x")),
                    text("-"))))
        .isEqualTo("-x");
  }

  @Test
  void comparesArraysForEqualityOnly() {
    assertThat(value(call(Function.EQUAL, Simple.BOOLEAN, ARRAY, ARRAY))).isEqualTo(true);
    assertThat(value(call(Function.EQUAL, Simple.BOOLEAN, ARRAY, EMPTY))).isEqualTo(false);
    assertThatThrownBy(() -> Expressions.compile(call(Function.LESS, Simple.BOOLEAN, ARRAY, EMPTY)))
        .isInstanceOf(FreshetException.class);
    assertThatThrownBy(
            () -> Expressions.compile(call(Function.CARDINALITY, Simple.INTEGER, text("x"))))
        .isInstanceOf(FreshetException.class);
  }

  @Test
  void findsTheGreatestAndTheLeast() {
    assertThat(value(call(Function.GREATEST, Simple.BIGINT, number(1), number(9), number(3))))
        .isEqualTo(9L);
    assertThat(value(call(Function.LEAST, Simple.BIGINT, number(1), number(-9), number(3))))
        .isEqualTo(-9L);
    assertThat(
            value(call(Function.GREATEST, Simple.BIGINT, number(1), literal(Simple.BIGINT, null))))
        .isNull();
    assertThat(value(call(Function.GREATEST, Simple.DOUBLE, number(1.0), number(Double.NaN))))
        .isEqualTo(Double.NaN);
    assertThat(value(call(Function.LEAST, Simple.VARCHAR, text("b"), text("a"), text(""))))
        .isEqualTo("");
    assertThat(value(call(Function.GREATEST, Simple.BOOLEAN, bool(false), bool(true))))
        .isEqualTo(true);
    assertThat(
            value(
                call(
                    Function.LEAST,
                    new DataType.Decimal(30, 1),
                    decimal("-1.5", 30, 1),
                    decimal("2", 30, 1))))
        .isEqualTo(new BigDecimal("-1.5"));
  }
}
