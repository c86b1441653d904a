package dev.freshet.engine.expression;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Rows per second of CPU time of single expressions on one thread, so that other load on the
 * machine counts less: the median of rounds after a warm-up. Run {@code main}; the argument is the
 * rows of a batch. For a first look, not for claims: those come from the benchmarks.
 */
public final class ExpressionMeasurement {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int ROUNDS = 11;
  private static final long ROUND_NANOS = 150_000_000;
  private static final DataType MONEY = new DataType.Decimal(12, 2);
  private static final DataType COUNT = new DataType.Decimal(10, 0);

  private ExpressionMeasurement() {}

  public static void main(String[] arguments) {
    int rows = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 4_096;
    Batch batch = batch(rows);
    Map<String, Expression> expressions = expressions();
    Map<String, CompiledExpression> compiled = new LinkedHashMap<>();
    expressions.forEach((name, expression) -> compiled.put(name, Expressions.compile(expression)));
    // All kernels run before any is measured, so that call sites have seen what they see in
    // production.
    compiled.values().forEach(expression -> measure(expression, batch));
    System.out.printf("%d rows a batch%n", rows);
    compiled.forEach((name, expression) -> {
      double[] rates = new double[ROUNDS];
      for (int i = 0; i < ROUNDS; i++) {
        rates[i] = measure(expression, batch);
      }
      Arrays.sort(rates);
      System.out.printf(
          "%-28s %8.1f million rows/s  (%.1f to %.1f)%n",
          name, rates[ROUNDS / 2] / 1e6, rates[0] / 1e6, rates[ROUNDS - 1] / 1e6);
    });
  }

  private static double measure(CompiledExpression expression, Batch batch) {
    long start = THREADS.getCurrentThreadCpuTime();
    long end = start;
    long rows = 0;
    int check = 0;
    while (end - start < ROUND_NANOS) {
      check += expression.evaluate(batch).vector().length();
      rows += batch.rowCount();
      end = THREADS.getCurrentThreadCpuTime();
    }
    if (check == -1) {
      throw new AssertionError("never");
    }
    return rows * 1e9 / (end - start);
  }

  private static Map<String, Expression> expressions() {
    Expression a = Calls.column(0, Simple.BIGINT);
    Expression b = Calls.column(1, Simple.BIGINT);
    Expression price = Calls.column(2, MONEY);
    Expression count = Calls.column(3, Simple.INTEGER);
    Expression name = Calls.column(4, Simple.VARCHAR);
    Expression json = Calls.column(5, Simple.JSON);
    Expression time = Calls.column(6, Simple.TIMESTAMP);
    Expression x = Calls.column(7, Simple.DOUBLE);
    Map<String, Expression> all = new LinkedHashMap<>();
    all.put("long + long", Calls.call(Function.PLUS, Simple.BIGINT, a, b));
    all.put("long * long", Calls.call(Function.TIMES, Simple.BIGINT, a, b));
    all.put("double * double", Calls.call(Function.TIMES, Simple.DOUBLE, x, x));
    all.put("long > constant", Calls.call(Function.GREATER, Simple.BOOLEAN, a, Calls.number(500)));
    all.put(
        "decimal(12,2) + decimal",
        Calls.call(Function.PLUS, new DataType.Decimal(13, 2), price, price));
    all.put(
        "decimal(12,2) * int",
        Calls.call(Function.TIMES, new DataType.Decimal(22, 2), price, Calls.cast(count, COUNT)));
    all.put(
        "decimal(12,2) / decimal",
        Calls.call(Function.DIVIDE, new DataType.Decimal(27, 15), price, price));
    all.put(
        "a > 500 AND b < 900",
        Calls.call(
            Function.AND,
            Simple.BOOLEAN,
            Calls.call(Function.GREATER, Simple.BOOLEAN, a, Calls.number(500)),
            Calls.call(Function.LESS, Simple.BOOLEAN, b, Calls.number(900))));
    all.put(
        "CASE WHEN a > 500",
        new Expression.Case(
            List.of(
                new Expression.Case.Branch(
                    Calls.call(Function.GREATER, Simple.BOOLEAN, a, Calls.number(500)), a)),
            b,
            Simple.BIGINT));
    all.put(
        "text = constant",
        Calls.call(Function.EQUAL, Simple.BOOLEAN, name, Calls.text("customer-17")));
    all.put(
        "LIKE 'customer-1%'",
        Calls.call(Function.LIKE, Simple.BOOLEAN, name, Calls.text("customer-1%")));
    all.put("LIKE '%-1%7'", Calls.call(Function.LIKE, Simple.BOOLEAN, name, Calls.text("%-1%7")));
    all.put("UPPER", Calls.call(Function.UPPER, Simple.VARCHAR, name));
    all.put("CONCAT", Calls.call(Function.CONCAT, Simple.VARCHAR, name, Calls.text("/"), name));
    all.put(
        "JSON_VALUE '$.b.c'",
        Calls.call(Function.JSON_VALUE, Simple.VARCHAR, json, Calls.text("$.b.c")));
    all.put("EXTRACT(YEAR)", Calls.call(Function.EXTRACT_YEAR, Simple.BIGINT, time));
    all.put("EXTRACT(HOUR)", Calls.call(Function.EXTRACT_HOUR, Simple.BIGINT, time));
    all.put("FLOOR TO MONTH", Calls.call(Function.FLOOR_TO_MONTH, Simple.TIMESTAMP, time));
    all.put(
        "TUMBLE_START 1 minute",
        Calls.call(
            Function.TUMBLE_START,
            Simple.TIMESTAMP,
            time,
            Calls.number(60_000_000),
            Calls.number(0)));
    all.put("CAST(long AS VARCHAR)", Calls.cast(a, Simple.VARCHAR));
    all.put("CAST(time AS VARCHAR)", Calls.cast(time, Simple.VARCHAR));
    return all;
  }

  private static Batch batch(int rows) {
    Random random = new Random(1);
    BatchBuilder builder =
        new BatchBuilder(
            Schema.of(
                Column.notNull("a", Simple.BIGINT),
                Column.notNull("b", Simple.BIGINT),
                Column.notNull("price", MONEY),
                Column.notNull("count", Simple.INTEGER),
                Column.notNull("name", Simple.VARCHAR),
                Column.notNull("json", Simple.JSON),
                Column.notNull("time", Simple.TIMESTAMP),
                Column.notNull("x", Simple.DOUBLE)),
            rows);
    for (int i = 0; i < rows; i++) {
      builder.row(
          1,
          (long) random.nextInt(1_000),
          (long) random.nextInt(1_000),
          BigDecimal.valueOf(1 + random.nextInt(100_000), 2),
          (long) random.nextInt(20),
          "customer-" + random.nextInt(100),
          "{\"a\": "
              + i
              + ", \"b\": {\"c\": \"value "
              + i
              + "\", \"d\": [1, 2, 3]}, \"e\": \"some more text here\"}",
          LocalDateTime.of(2024, 1, 1, 0, 0).plusSeconds(random.nextInt(100_000_000)),
          random.nextDouble());
    }
    return builder.build();
  }
}
