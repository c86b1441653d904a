package dev.freshet.engine.oracle;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.AggregateCall.Function;
import dev.freshet.sql.plan.AggregateCall.Quantifier;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.SortKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/** Random calls of the aggregates beyond COUNT, SUM, AVG, MIN and MAX, with total orders. */
final class RandomCalls {
  private final RandomGenerator random;
  private final Schema schema;

  RandomCalls(RandomGenerator random, Schema schema) {
    this.random = random;
    this.schema = schema;
  }

  AggregateCall call() {
    int column = random.nextInt(schema.columnCount());
    DataType type = schema.type(column);
    if (type.equals(Simple.BIGINT) && random.nextInt(3) == 0) {
      return user(column);
    }
    if (random.nextInt(5) == 0) {
      return call(Function.FIRST, column, List.of(random.nextInt(schema.columnCount())), type);
    }
    if (type.equals(Simple.VARCHAR)) {
      return call(Function.LISTAGG, column, List.of(column), type, text(","));
    }
    if (type.equals(Simple.BOOLEAN)) {
      Function function = random.nextBoolean() ? Function.BOOL_AND : Function.BOOL_OR;
      return new AggregateCall(function, quantifier(), List.of(column), flag(), type);
    }
    return number(column, type);
  }

  private AggregateCall user(int column) {
    return user(random, column, quantifier(), flag());
  }

  /** Of an aggregate in Java over all values of a BIGINT column. */
  static AggregateCall user(RandomGenerator random, int column, OptionalInt filter) {
    return user(random, column, AggregateCall.Quantifier.ALL, filter);
  }

  private static AggregateCall user(
      RandomGenerator random, int column, AggregateCall.Quantifier quantifier, OptionalInt filter) {
    boolean kept = random.nextBoolean();
    boolean goesOn = kept && quantifier == AggregateCall.Quantifier.ALL;
    return new AggregateCall(
        Function.USER,
        quantifier,
        List.of(column),
        filter,
        kept ? List.of() : List.of(column),
        goesOn && random.nextBoolean()
            ? List.of()
            : List.of(new SortKey(column, SortKey.Direction.ASCENDING, SortKey.Nulls.LAST)),
        List.of(),
        Simple.VARCHAR,
        Optional.of(kept ? LongFunctions.KEPT : LongFunctions.RECOMPUTED));
  }

  private AggregateCall number(int column, DataType type) {
    Expression.Literal fraction =
        new Expression.Literal(Simple.DOUBLE, Optional.of(random.nextInt(11) / 10.0));
    return switch (random.nextInt(3)) {
      case 0 -> call(Function.PERCENTILE_DISC, column, List.of(column), type, fraction);
      case 1 -> call(Function.PERCENTILE_CONT, column, List.of(column), Simple.DOUBLE, fraction);
      default -> {
        List<Function> functions =
            List.of(Function.VAR_POP, Function.VAR_SAMP, Function.STDDEV_POP, Function.STDDEV_SAMP);
        Function function = functions.get(random.nextInt(functions.size()));
        yield new AggregateCall(function, quantifier(), List.of(column), flag(), Simple.DOUBLE);
      }
    };
  }

  /** By a random column, unless the call is one of percentiles, and then by the argument. */
  private AggregateCall call(
      Function function,
      int column,
      List<Integer> notNull,
      DataType type,
      Expression.Literal... options) {
    List<SortKey> order = new ArrayList<>();
    boolean percentile =
        function == Function.PERCENTILE_CONT || function == Function.PERCENTILE_DISC;
    if (!percentile && random.nextBoolean()) {
      order.add(key(random.nextInt(schema.columnCount())));
    }
    if (order.stream().noneMatch(key -> key.column() == column)) {
      order.add(key(column));
    }
    return new AggregateCall(
        function,
        function == Function.FIRST ? Quantifier.ALL : quantifier(),
        List.of(column),
        flag(),
        notNull,
        order,
        List.of(options),
        type);
  }

  private SortKey key(int column) {
    return new SortKey(
        column,
        random.nextBoolean() ? SortKey.Direction.ASCENDING : SortKey.Direction.DESCENDING,
        random.nextBoolean() ? SortKey.Nulls.FIRST : SortKey.Nulls.LAST);
  }

  private static Expression.Literal text(String text) {
    return new Expression.Literal(Simple.VARCHAR, Optional.of(text));
  }

  private Quantifier quantifier() {
    return random.nextInt(4) == 0 ? Quantifier.DISTINCT : Quantifier.ALL;
  }

  private OptionalInt flag() {
    List<Integer> flags = RandomPlans.columnsOf(schema, Simple.BOOLEAN);
    return flags.isEmpty() || random.nextInt(3) > 0
        ? OptionalInt.empty()
        : OptionalInt.of(flags.get(random.nextInt(flags.size())));
  }
}
