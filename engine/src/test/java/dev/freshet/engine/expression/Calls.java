package dev.freshet.engine.expression;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Values;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Builds and evaluates small expressions in tests. */
final class Calls {
  private Calls() {}

  static Expression literal(DataType type, Object value) {
    return new Expression.Literal(type, Optional.ofNullable(value));
  }

  static Expression text(String value) {
    return literal(Simple.VARCHAR, value);
  }

  static Expression number(long value) {
    return literal(Simple.BIGINT, value);
  }

  static Expression integer(long value) {
    return literal(Simple.INTEGER, value);
  }

  static Expression number(double value) {
    return literal(Simple.DOUBLE, value);
  }

  static Expression bool(Boolean value) {
    return literal(Simple.BOOLEAN, value);
  }

  static Expression decimal(String value, int precision, int scale) {
    return literal(
        new DataType.Decimal(precision, scale), value == null ? null : new BigDecimal(value));
  }

  static Expression call(Function function, DataType type, Expression... arguments) {
    return new Expression.Call(function, List.of(arguments), type);
  }

  static Expression cast(Expression operand, DataType type) {
    return new Expression.Cast(operand, type, Expression.Cast.OnFailure.ERROR);
  }

  static Expression tryCast(Expression operand, DataType type) {
    return new Expression.Cast(operand, type, Expression.Cast.OnFailure.NULL);
  }

  static Expression column(int index, DataType type) {
    return new Expression.ColumnRef(index, type);
  }

  /** A batch of one column. */
  static Batch batch(DataType type, Object... values) {
    BatchBuilder builder = new BatchBuilder(Schema.of(Column.nullable("c", type)), values.length);
    for (Object value : values) {
      builder.row(1, value);
    }
    return builder.build();
  }

  static List<Object> values(Expression expression, Batch batch) {
    Evaluated evaluated = Expressions.compile(expression).evaluate(batch);
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < batch.rowCount(); i++) {
      values.add(
          evaluated.anyFailed() && evaluated.failed()[i]
              ? "failed: " + evaluated.reason(i)
              : Values.read(expression.type(), evaluated.vector(), i));
    }
    return values;
  }

  /**
   * The value of an expression over literals; a string that begins with {@code failed:} when it
   * fails. Evaluates it folded, and with each literal turned into a column among rows of NULLs, and
   * sees that all agree.
   */
  static Object value(Expression expression) {
    Batch one = batch(Simple.BOOLEAN, true);
    Object folded = values(expression, one).get(0);
    if (expression instanceof Expression.Call call && !pathFunction(call.function())) {
      compareColumns(call, folded);
    } else if (expression instanceof Expression.Cast cast
        && cast.operand() instanceof Expression.Literal) {
      Batch rows = batch(cast.operand().type(), null, raw(cast.operand()), null);
      Object asColumn =
          values(
                  new Expression.Cast(
                      column(0, cast.operand().type()), cast.type(), cast.onFailure()),
                  rows)
              .get(1);
      require(folded, asColumn);
    }
    return folded;
  }

  private static boolean pathFunction(Function function) {
    return function == Function.JSON_VALUE
        || function == Function.JSON_QUERY
        || function == Function.IS_JSON
        || function == Function.JSON_OBJECT
        || function == Function.FIELD
        || function == Function.JSON_EXISTS;
  }

  private static void compareColumns(Expression.Call call, Object folded) {
    List<Column> columns = new ArrayList<>();
    List<Expression> references = new ArrayList<>();
    Object[] row = new Object[call.arguments().size()];
    for (int i = 0; i < row.length; i++) {
      Expression argument = call.arguments().get(i);
      if (!(argument instanceof Expression.Literal)) {
        return;
      }
      columns.add(Column.nullable("c" + i, argument.type()));
      references.add(column(i, argument.type()));
      row[i] = raw(argument);
    }
    Batch rows =
        new BatchBuilder(new Schema(columns), 3)
            .row(1, new Object[row.length])
            .row(1, row)
            .row(1, new Object[row.length])
            .build();
    int variants = 1 << row.length;
    for (int constants = 0; constants < variants - 1; constants++) {
      List<Expression> mixed = new ArrayList<>();
      for (int i = 0; i < row.length; i++) {
        mixed.add((constants >> i & 1) == 1 ? call.arguments().get(i) : references.get(i));
      }
      require(
          folded, values(new Expression.Call(call.function(), mixed, call.type()), rows).get(1));
    }
  }

  private static void require(Object expected, Object actual) {
    boolean same =
        expected instanceof byte[] bytes
            ? Arrays.equals(bytes, (byte[]) actual)
            : java.util.Objects.equals(expected, actual);
    if (!same) {
      throw new AssertionError("as constants " + expected + ", as columns " + actual);
    }
  }

  private static Object raw(Expression literal) {
    return ((Expression.Literal) literal).value().orElse(null);
  }
}
