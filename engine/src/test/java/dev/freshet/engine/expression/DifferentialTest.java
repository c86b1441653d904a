package dev.freshet.engine.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import dev.freshet.core.error.FreshetException;
import dev.freshet.engine.oracle.NaiveEvaluator;
import dev.freshet.engine.oracle.NaiveFailure;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Random expressions over random batches: the kernels and the naive evaluator give the same values
 * and fail for the same rows. {@code -Dfreshet.expression.seed} and {@code
 * -Dfreshet.expression.cases} choose others.
 */
class DifferentialTest {
  private static final long SEED = Long.getLong("freshet.expression.seed", 20261124);
  private static final int CASES = Integer.getInteger("freshet.expression.cases", 20_000);
  private static final int ROWS = 23;

  /** All but those whose answers other tests list. */
  private static final Set<Function> DRAWN = drawn();

  private static Set<Function> drawn() {
    Set<Function> drawn = EnumSet.allOf(Function.class);
    drawn.removeAll(BuiltInsTest.LISTED);
    drawn.removeAll(MapFunctionsTest.LISTED);
    drawn.removeAll(JsonFunctionsTest.LISTED);
    return drawn;
  }

  private final Map<Function, Integer> valued = new EnumMap<>(Function.class);
  private int failedRows;
  private int rows;

  @Test
  void kernelsAgreeWithTheNaiveEvaluator() {
    Set<Function> seen = EnumSet.noneOf(Function.class);
    for (int i = 0; i < CASES; i++) {
      RandomExpressions expressions = new RandomExpressions(new Random(SEED + i));
      Batch batch = expressions.batch(i % 50 == 0 ? i / 50 % 3 : ROWS);
      Expression expression = expressions.expression(expressions.type(), 1 + i % 4);
      if (expression instanceof Expression.Call call) {
        seen.add(call.function());
      }
      compare(expression, batch, SEED + i);
    }
    System.out.printf(
        "expressions cases=%d rows=%d failed-rows=%d seed=%d%n", CASES, rows, failedRows, SEED);
    if (CASES >= 20_000) {
      assertThat(seen).as("functions at the root").containsAll(DRAWN);
      for (Function function : DRAWN) {
        assertThat(valued.getOrDefault(function, 0)).as("values of " + function).isPositive();
      }
      assertThat(failedRows).isBetween(rows / 100, rows / 2);
    }
  }

  private void compare(Expression expression, Batch batch, long seed) {
    Evaluated evaluated;
    try {
      evaluated = Expressions.compile(expression).evaluate(batch);
    } catch (FreshetException | IndexOutOfBoundsException | ClassCastException e) {
      throw new AssertionError("seed " + seed + ": " + expression, e);
    }
    for (int row = 0; row < batch.rowCount(); row++) {
      rows++;
      boolean failed = evaluated.anyFailed() && evaluated.failed()[row];
      Object actual = Values.read(expression.type(), evaluated.vector(), row);
      String where = "seed " + seed + " row " + row;
      try {
        Object expected = NaiveEvaluator.evaluate(expression, Values.readRow(batch, row));
        if (failed || !same(expected, actual)) {
          fail(
              where
                  + ": expected "
                  + shown(expected)
                  + " but was "
                  + (failed ? evaluated.reason(row) : shown(actual))
                  + " for "
                  + expression
                  + " over "
                  + Arrays.deepToString(Values.readRow(batch, row)));
        }
        if (expected != null && expression instanceof Expression.Call call) {
          valued.merge(call.function(), 1, Integer::sum);
        }
      } catch (NaiveFailure failure) {
        failedRows++;
        if (!failed || !evaluated.reason(row).startsWith(reason(failure))) {
          fail(
              where
                  + ": "
                  + failure.label()
                  + " should fail but got "
                  + (failed ? evaluated.reason(row) : shown(actual))
                  + " for "
                  + expression
                  + " over "
                  + Arrays.deepToString(Values.readRow(batch, row)));
        }
        assertThat(actual).as(where).isNull();
      }
    }
  }

  private static boolean same(Object expected, Object actual) {
    return expected instanceof byte[] bytes
        ? actual instanceof byte[] other && Arrays.equals(bytes, other)
        : Objects.equals(expected, actual);
  }

  private static String shown(Object value) {
    return value == null ? "NULL" : value + " (" + value.getClass().getSimpleName() + ")";
  }

  private static String reason(NaiveFailure failure) {
    return failure.label().equals("ONE_ROW")
        ? "Cannot use a sub-query as a value"
        : "Cannot evaluate " + failure.label() + "(";
  }
}
