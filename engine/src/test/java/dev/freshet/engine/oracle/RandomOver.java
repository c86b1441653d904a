package dev.freshet.engine.oracle;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.SortKey;
import dev.freshet.sql.plan.WindowCall;
import dev.freshet.sql.plan.WindowFrame;
import dev.freshet.sql.plan.WindowFrame.Bound;
import dev.freshet.sql.plan.WindowFrame.Unit;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/** Random windows: all functions, over all frames. */
final class RandomOver {
  private final RandomGenerator random;

  RandomOver(RandomGenerator random) {
    this.random = random;
  }

  Plan over(Plan input) {
    Schema schema = input.schema();
    List<Integer> partition = new ArrayList<>();
    if (random.nextInt(3) > 0) {
      partition.add(random.nextInt(schema.columnCount()));
    }
    List<SortKey> order = RandomPlans.order(random, schema, random.nextInt(3));
    List<Column> columns = new ArrayList<>();
    for (Column column : schema.columns()) {
      columns.add(new Column("i" + columns.size(), column.type(), column.nullability()));
    }
    List<WindowCall> calls = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      WindowCall call = call(schema, order);
      calls.add(call);
      columns.add(Column.nullable("w" + columns.size(), call.type()));
    }
    return new Plan.Over(input, partition, order, calls, new Schema(columns));
  }

  private WindowCall call(Schema schema, List<SortKey> order) {
    int column = random.nextInt(schema.columnCount());
    DataType type = schema.type(column);
    return switch (random.nextInt(9)) {
      case 0, 1 -> {
        WindowCall.Ranking[] all = WindowCall.Ranking.values();
        yield new WindowCall.Rank(all[random.nextInt(all.length)]);
      }
      case 2 -> new WindowCall.Tile(1 + random.nextInt(4));
      case 3 -> {
        List<Integer> same = RandomPlans.columnsOf(schema, type);
        OptionalInt otherwise =
            random.nextBoolean()
                ? OptionalInt.empty()
                : OptionalInt.of(same.get(random.nextInt(same.size())));
        yield new WindowCall.Shift(column, random.nextInt(7) - 3, otherwise, nulls(), type);
      }
      case 4 ->
          new WindowCall.Pick(
              column,
              1 + random.nextInt(3),
              random.nextBoolean() ? WindowCall.End.FIRST : WindowCall.End.LAST,
              nulls(),
              frame(schema, order),
              type);
      case 5 -> {
        List<Integer> numbers = RandomPlans.columnsOf(schema, Simple.BIGINT);
        yield numbers.isEmpty()
            ? new WindowCall.Tile(2)
            : new WindowCall.Framed(
                RandomCalls.user(
                    random, numbers.get(random.nextInt(numbers.size())), OptionalInt.empty()),
                frame(schema, order));
      }
      default -> {
        AggregateCall call = RandomPlans.call(random, schema);
        yield new WindowCall.Framed(
            new AggregateCall(
                call.function(),
                AggregateCall.Quantifier.ALL,
                call.arguments(),
                call.filter(),
                call.type()),
            frame(schema, order));
      }
    };
  }

  private WindowCall.Nulls nulls() {
    return random.nextInt(3) == 0 ? WindowCall.Nulls.SKIP : WindowCall.Nulls.COUNT;
  }

  private WindowFrame frame(Schema schema, List<SortKey> order) {
    if (random.nextInt(5) == 0) {
      return WindowFrame.ALL;
    }
    Unit unit = random.nextBoolean() ? Unit.ROWS : Unit.RANGE;
    return new WindowFrame(unit, bound(unit, schema, order), bound(unit, schema, order));
  }

  private Bound bound(Unit unit, Schema schema, List<SortKey> order) {
    int kind = random.nextInt(4);
    if (kind == 0) {
      return new Bound.Unbounded();
    }
    if (kind == 1) {
      return new Bound.CurrentRow();
    }
    if (unit == Unit.ROWS) {
      return new Bound.Rows(random.nextInt(7) - 3);
    }
    if (order.size() != 1) {
      return new Bound.CurrentRow();
    }
    int column = order.getFirst().column();
    DataType type = schema.type(column);
    Optional<Object> distance = distance(type);
    return distance.isEmpty()
        ? new Bound.CurrentRow()
        : new Bound.Value(
            RandomPlans.call(
                random.nextBoolean() ? Function.PLUS : Function.MINUS,
                type,
                new Expression.ColumnRef(column, type),
                new Expression.Literal(type, distance)));
  }

  private Optional<Object> distance(DataType type) {
    int distance = random.nextInt(4);
    return Optional.ofNullable(
        switch (type) {
          case Simple.BIGINT -> (Object) Long.valueOf(distance);
          case Simple.DOUBLE -> (Object) Double.valueOf(distance / 10.0);
          case DataType.Decimal decimal -> BigDecimal.valueOf(distance).setScale(decimal.scale());
          default -> null;
        });
  }
}
