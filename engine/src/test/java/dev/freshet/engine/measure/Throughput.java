package dev.freshet.engine.measure;

import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.Engine;
import dev.freshet.engine.OperatorStatistics;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import dev.freshet.sql.plan.Plan;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * Changes of orders through filter, join with 10,000 customers and GROUP BY country, at several
 * step sizes: rows a second and the time of a step. Arguments: rows, then step sizes.
 */
final class Throughput {
  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
  private static final int CUSTOMERS = 10_000;
  private static final DataType MONEY = new DataType.Decimal(12, 2);
  private static final Schema ORDERS =
      Schema.of(
          Column.notNull("id", Simple.BIGINT),
          Column.notNull("customer", Simple.BIGINT),
          Column.notNull("amount", MONEY),
          Column.nullable("status", Simple.VARCHAR),
          Column.nullable("ordered_at", Simple.TIMESTAMP));
  private static final Schema CUSTOMER =
      Schema.of(
          Column.notNull("id", Simple.BIGINT),
          Column.nullable("country", Simple.VARCHAR),
          Column.nullable("name", Simple.VARCHAR));

  private final SplittableRandom random = new SplittableRandom(42);
  private final Engine engine = new Engine();
  private long nextOrder;
  private long step;

  private Throughput() {
    engine.createTable("orders", ORDERS, 0);
    engine.createTable("customers", CUSTOMER, 0);
    engine.createView("revenue", plan(), 0);
    BatchBuilder rows = new BatchBuilder(CUSTOMER, CUSTOMERS);
    for (int i = 0; i < CUSTOMERS; i++) {
      rows.row(1, i, "country-" + i % 50, "customer number " + i);
    }
    engine.apply(changes("customers", rows, CUSTOMERS));
    engine.step(++step, 0);
  }

  private static Plan plan() {
    Plan.Scan orders = new Plan.Scan("orders", ORDERS);
    Plan.Scan customers = new Plan.Scan("customers", CUSTOMER);
    Expression amount = new Expression.ColumnRef(2, MONEY);
    Expression ten = new Expression.Literal(MONEY, Optional.of(new java.math.BigDecimal("10.00")));
    Plan filter =
        new Plan.Filter(
            orders, new Expression.Call(Function.GREATER, List.of(amount, ten), Simple.BOOLEAN));
    Plan join =
        new Plan.Join(
            filter,
            customers,
            Plan.JoinKind.INNER,
            List.of(1),
            List.of(0),
            Expression.TRUE,
            Plan.concat(ORDERS, CUSTOMER, Plan.JoinKind.INNER));
    AggregateCall count =
        new AggregateCall(
            AggregateCall.Function.COUNT,
            AggregateCall.Quantifier.ALL,
            List.of(),
            OptionalInt.empty(),
            Simple.BIGINT);
    DataType sum = new DataType.Decimal(38, 2);
    AggregateCall revenue =
        new AggregateCall(
            AggregateCall.Function.SUM,
            AggregateCall.Quantifier.ALL,
            List.of(2),
            OptionalInt.empty(),
            sum);
    return new Plan.Aggregate(
        join,
        List.of(6),
        List.of(count, revenue),
        Schema.of(
            Column.nullable("country", Simple.VARCHAR),
            Column.notNull("orders", Simple.BIGINT),
            Column.nullable("revenue", sum)));
  }

  /** Three of four changes are new orders, one updates an earlier one. */
  private TableChanges orders(int count) {
    BatchBuilder rows = new BatchBuilder(ORDERS, count);
    for (int i = 0; i < count; i++) {
      boolean update = nextOrder > 100 && random.nextInt(4) == 0;
      rows.column(0).appendLong(update ? random.nextLong(nextOrder) : nextOrder++);
      rows.column(1).appendLong(random.nextInt(CUSTOMERS));
      rows.column(2).appendLong(random.nextInt(20_000));
      Values.appendText(rows.column(3), random.nextBoolean() ? "paid" : "shipped");
      rows.column(4).appendLong(1_700_000_000_000_000L + nextOrder);
      rows.endRow(1);
    }
    return changes("orders", rows, count);
  }

  private static TableChanges changes(String table, BatchBuilder rows, int count) {
    byte[] operations = new byte[count];
    Arrays.fill(operations, Operation.INSERT.code());
    int[] before = new int[count];
    Arrays.fill(before, -1);
    boolean[][] missing = new boolean[rows.schema().columnCount()][];
    Arrays.fill(missing, Vector.NO_NULLS);
    return new TableChanges(
        table,
        1,
        new int[] {0},
        operations,
        rows.build(),
        missing,
        before,
        new BatchBuilder(rows.schema(), 0).build(),
        List.of());
  }

  private void run(int total, int stepRows) {
    int steps = total / stepRows;
    long[] nanos = new long[steps];
    long applyNanos = 0;
    long sum = 0;
    long cpuBegin = CPU.getCurrentThreadCpuTime();
    long generating = 0;
    for (int i = 0; i < steps; i++) {
      long generateBegin = CPU.getCurrentThreadCpuTime();
      TableChanges changes = orders(stepRows);
      generating += CPU.getCurrentThreadCpuTime() - generateBegin;
      long begin = System.nanoTime();
      engine.apply(changes);
      applyNanos += System.nanoTime() - begin;
      engine.step(++step, 0);
      nanos[i] = System.nanoTime() - begin;
      sum += nanos[i];
    }
    long cpu = CPU.getCurrentThreadCpuTime() - cpuBegin - generating;
    Arrays.sort(nanos);
    System.out.printf(
        Locale.ROOT,
        "step %6d rows: %,10.0f rows/s  p50 %.1f us  p99 %.1f us  max %.1f us  (apply %.0f %%)"
            + "  %,10.0f rows/cpu-s%n",
        stepRows,
        steps * (double) stepRows / sum * 1e9,
        nanos[steps / 2] / 1e3,
        nanos[(int) (steps * 0.99)] / 1e3,
        nanos[steps - 1] / 1e3,
        100.0 * applyNanos / sum,
        steps * (double) stepRows / cpu * 1e9);
  }

  private void printOperators() {
    for (OperatorStatistics operator : engine.statistics()) {
      System.out.printf(
          Locale.ROOT,
          "  %-4s %-10s in %,10d out %,10d state %,9d rows %,12d bytes %8.1f ms%n",
          operator.id(),
          operator.operator(),
          operator.rowsIn(),
          operator.rowsOut(),
          operator.stateRows(),
          operator.stateBytes(),
          operator.nanos() / 1e6);
    }
  }

  public static void main(String[] arguments) {
    int rows = Integer.parseInt(arguments[0]);
    for (int round = 0; round < 2; round++) {
      for (int a = 1; a < arguments.length; a++) {
        Throughput fresh = new Throughput();
        fresh.run(rows, Integer.parseInt(arguments[a]));
        if (round == 1) {
          fresh.printOperators();
        }
      }
    }
  }
}
