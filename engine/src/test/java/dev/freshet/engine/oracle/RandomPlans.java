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
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/** Random plans over given relations, each node kind about equally often. */
public final class RandomPlans {
  static final DataType SMALL_DECIMAL = new DataType.Decimal(8, 2);
  static final DataType BIG_DECIMAL = new DataType.Decimal(38, 4);
  static final List<DataType> TYPES =
      List.of(
          Simple.BIGINT,
          Simple.BIGINT,
          Simple.VARCHAR,
          Simple.DOUBLE,
          Simple.BOOLEAN,
          SMALL_DECIMAL,
          BIG_DECIMAL);

  private static final List<AggregateCall.Function> SUMS =
      List.of(
          AggregateCall.Function.COUNT,
          AggregateCall.Function.SUM,
          AggregateCall.Function.AVG,
          AggregateCall.Function.MIN,
          AggregateCall.Function.MAX);

  private final RandomGenerator random;
  private final List<Plan.Scan> relations;

  public RandomPlans(RandomGenerator random, List<Plan.Scan> relations) {
    this.random = random;
    this.relations = relations;
  }

  public Plan plan(int depth) {
    if (depth == 0) {
      return relations.get(random.nextInt(relations.size()));
    }
    return switch (random.nextInt(16)) {
      case 0 -> filter(plan(depth - 1));
      case 1 -> project(plan(depth - 1));
      case 2 -> random.nextBoolean() ? union(plan(depth - 1)) : multiset(plan(depth - 1));
      case 3 -> new Plan.Distinct(plan(depth - 1));
      case 4, 5 -> join(plan(depth - 1), plan(random.nextInt(depth)));
      case 6, 7 -> random.nextInt(5) == 0 ? unnest(plan(depth - 1)) : aggregate(plan(depth - 1));
      case 8 -> top(plan(depth - 1));
      case 9 -> windows(plan(depth - 1));
      case 10 -> sessions(plan(depth - 1));
      case 11, 12 -> new RandomOver(random).over(plan(depth - 1));
      case 13 -> asOf(plan(depth - 1), plan(random.nextInt(depth)));
      case 14 -> new RandomRecursion(random, this).over(plan(depth - 1), depth - 1);
      default -> random.nextInt(4) == 0 ? constants() : filter(plan(depth - 1));
    };
  }

  private Plan constants() {
    Schema schema =
        Schema.of(Column.notNull("a", Simple.BIGINT), Column.nullable("b", Simple.VARCHAR));
    List<List<Expression.Literal>> rows = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      rows.add(List.of(literal(Simple.BIGINT, 0), literal(Simple.VARCHAR, 10)));
    }
    return new Plan.Constants(schema, rows);
  }

  Plan filter(Plan input) {
    return new Plan.Filter(input, predicate(input.schema()));
  }

  private Expression predicate(Schema schema) {
    int column = random.nextInt(schema.columnCount());
    DataType type = schema.type(column);
    Expression reference = new Expression.ColumnRef(column, type);
    if (random.nextInt(6) == 0) {
      Function test = random.nextBoolean() ? Function.IS_NULL : Function.IS_NOT_NULL;
      return call(test, Simple.BOOLEAN, reference);
    }
    Function comparison =
        List.of(Function.EQUAL, Function.NOT_EQUAL, Function.LESS, Function.GREATER_OR_EQUAL)
            .get(random.nextInt(4));
    Expression left =
        type.equals(Simple.BIGINT) && random.nextInt(4) == 0 ? arithmetic(schema) : reference;
    return call(comparison, Simple.BOOLEAN, left, literal(type, 5));
  }

  private Plan project(Plan input) {
    Schema schema = input.schema();
    List<Expression> expressions = new ArrayList<>();
    List<Column> columns = new ArrayList<>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      int column = random.nextInt(schema.columnCount());
      Expression expression =
          random.nextInt(3) == 0
              ? arithmetic(schema)
              : new Expression.ColumnRef(column, schema.type(column));
      columns.add(Column.nullable("p" + expressions.size(), expression.type()));
      expressions.add(expression);
    }
    return new Plan.Project(input, expressions, new Schema(columns));
  }

  /** May fail: divisions by zero and overflows do occur. */
  private Expression arithmetic(Schema schema) {
    Function function =
        List.of(Function.PLUS, Function.MINUS, Function.TIMES, Function.DIVIDE)
            .get(random.nextInt(4));
    return call(function, Simple.BIGINT, number(schema), number(schema));
  }

  private Expression number(Schema schema) {
    List<Integer> candidates = columnsOf(schema, Simple.BIGINT);
    return candidates.isEmpty() || random.nextInt(4) == 0
        ? literal(Simple.BIGINT, 0)
        : new Expression.ColumnRef(
            candidates.get(random.nextInt(candidates.size())), Simple.BIGINT);
  }

  private Plan union(Plan input) {
    Plan other = random.nextBoolean() ? filter(input) : input;
    return new Plan.Union(List.of(other, filter(input)), input.schema());
  }

  private Plan multiset(Plan input) {
    Plan.MultisetKind kind = Plan.MultisetKind.values()[random.nextInt(2)];
    Plan left = new Plan.Union(List.of(filter(input), input), input.schema());
    return new Plan.Multiset(left, union(input), kind, input.schema());
  }

  /** Arrays are made and taken apart again at once: the naive rows have no order of arrays. */
  private Plan unnest(Plan input) {
    int group = random.nextInt(input.schema().columnCount());
    int column = random.nextInt(input.schema().columnCount());
    DataType type = input.schema().type(column);
    AggregateCall call =
        new AggregateCall(
            AggregateCall.Function.ARRAY_AGG,
            random.nextBoolean() ? AggregateCall.Quantifier.ALL : AggregateCall.Quantifier.DISTINCT,
            List.of(column),
            flag(random, input.schema()),
            List.of(),
            List.of(new SortKey(column, SortKey.Direction.ASCENDING, SortKey.Nulls.LAST)),
            List.of(),
            new DataType.Array(type));
    Column key = Column.nullable("g", input.schema().type(group));
    Schema arrays = Schema.of(key, Column.nullable("xs", call.type()));
    Plan aggregate = new Plan.Aggregate(input, List.of(group), List.of(call), arrays);
    Column element = Column.nullable("x", type);
    Column place = Column.nullable("n", Simple.BIGINT);
    boolean places = random.nextBoolean();
    List<Column> columns = new ArrayList<>(arrays.columns());
    columns.add(element);
    List<Column> output = new ArrayList<>(List.of(key, element));
    List<Expression> expressions = new ArrayList<>();
    expressions.add(new Expression.ColumnRef(0, key.type()));
    expressions.add(new Expression.ColumnRef(2, type));
    if (places) {
      columns.add(place);
      output.add(place);
      expressions.add(new Expression.ColumnRef(3, Simple.BIGINT));
    }
    Plan.JoinKind kind = random.nextBoolean() ? Plan.JoinKind.INNER : Plan.JoinKind.LEFT;
    Plan unnest = new Plan.Unnest(aggregate, 1, kind, new Schema(columns));
    return new Plan.Project(unnest, expressions, new Schema(output));
  }

  private Plan join(Plan left, Plan right) {
    List<Integer> leftKeys = new ArrayList<>();
    List<Integer> rightKeys = new ArrayList<>();
    for (int attempt = 0; attempt < 6 && leftKeys.size() < 2; attempt++) {
      int leftKey = random.nextInt(left.schema().columnCount());
      List<Integer> candidates = columnsOf(right.schema(), left.schema().type(leftKey));
      if (!candidates.isEmpty() && (leftKeys.isEmpty() || random.nextInt(3) == 0)) {
        leftKeys.add(leftKey);
        rightKeys.add(candidates.get(random.nextInt(candidates.size())));
      }
    }
    if (leftKeys.isEmpty()) {
      return filter(left);
    }
    Plan.JoinKind kind = random.nextBoolean() ? Plan.JoinKind.INNER : Plan.JoinKind.LEFT;
    Schema schema = Plan.concat(left.schema(), right.schema(), kind);
    Expression residual = random.nextInt(3) == 0 ? predicate(schema) : Expression.TRUE;
    return new Plan.Join(left, right, kind, leftKeys, rightKeys, residual, schema);
  }

  /** Numbers stand for times; NULL is no time. */
  private Plan asOf(Plan left, Plan right) {
    int leftTime = timeColumn(left);
    int rightTime = timeColumn(right);
    if (leftTime < 0 || rightTime < 0) {
      return filter(left);
    }
    List<Integer> leftKeys = new ArrayList<>();
    List<Integer> rightKeys = new ArrayList<>();
    int leftKey = random.nextInt(left.schema().columnCount());
    List<Integer> candidates = columnsOf(right.schema(), left.schema().type(leftKey));
    if (!candidates.isEmpty() && random.nextInt(5) > 0) {
      leftKeys.add(leftKey);
      rightKeys.add(candidates.get(random.nextInt(candidates.size())));
    }
    Plan.JoinKind kind = random.nextBoolean() ? Plan.JoinKind.INNER : Plan.JoinKind.LEFT;
    return new Plan.AsOf(
        withTime(left, leftTime),
        withTime(right, rightTime),
        kind,
        leftKeys,
        rightKeys,
        leftTime,
        rightTime,
        Plan.AsOfMatch.values()[random.nextInt(4)],
        Plan.concat(left.schema(), right.schema(), kind));
  }

  Plan aggregate(Plan input) {
    Schema schema = input.schema();
    List<Integer> group = new ArrayList<>();
    List<Column> columns = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      int column = random.nextInt(schema.columnCount());
      group.add(column);
      columns.add(Column.nullable("g" + columns.size(), schema.type(column)));
    }
    List<AggregateCall> calls = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      AggregateCall call = call(schema);
      calls.add(call);
      columns.add(Column.nullable("a" + columns.size(), call.type()));
    }
    return new Plan.Aggregate(input, group, calls, new Schema(columns));
  }

  private AggregateCall call(Schema schema) {
    return random.nextInt(3) == 0 ? new RandomCalls(random, schema).call() : call(random, schema);
  }

  static AggregateCall call(RandomGenerator random, Schema schema) {
    AggregateCall.Function function = SUMS.get(random.nextInt(SUMS.size()));
    int column = random.nextInt(schema.columnCount());
    DataType type = schema.type(column);
    boolean number = !type.equals(Simple.VARCHAR) && !type.equals(Simple.BOOLEAN);
    boolean sums = function == AggregateCall.Function.SUM || function == AggregateCall.Function.AVG;
    if ((sums && !number) || random.nextInt(6) == 0) {
      return new AggregateCall(
          AggregateCall.Function.COUNT,
          AggregateCall.Quantifier.ALL,
          List.of(),
          flag(random, schema),
          Simple.BIGINT);
    }
    AggregateCall.Quantifier quantifier =
        random.nextInt(4) == 0 ? AggregateCall.Quantifier.DISTINCT : AggregateCall.Quantifier.ALL;
    return new AggregateCall(
        function, quantifier, List.of(column), flag(random, schema), resultType(function, type));
  }

  private static OptionalInt flag(RandomGenerator random, Schema schema) {
    List<Integer> flags = columnsOf(schema, Simple.BOOLEAN);
    return flags.isEmpty() || random.nextInt(3) > 0
        ? OptionalInt.empty()
        : OptionalInt.of(flags.get(random.nextInt(flags.size())));
  }

  private static DataType resultType(AggregateCall.Function function, DataType type) {
    return switch (function) {
      case COUNT -> Simple.BIGINT;
      case MIN, MAX -> type;
      case SUM ->
          type instanceof DataType.Decimal decimal
              ? new DataType.Decimal(38, decimal.scale())
              : type;
      case AVG ->
          type instanceof DataType.Decimal decimal
              ? new DataType.Decimal(38, Math.max(6, decimal.scale()))
              : type;
      default -> throw new IllegalArgumentException("not drawn here: " + function);
    };
  }

  Plan top(Plan input) {
    Schema schema = input.schema();
    List<Integer> partition = new ArrayList<>();
    if (random.nextBoolean()) {
      partition.add(random.nextInt(schema.columnCount()));
    }
    List<SortKey> order = order(random, schema, random.nextInt(3));
    long limit = random.nextInt(8) == 0 ? Plan.TopN.NO_LIMIT : random.nextInt(6);
    return new Plan.TopN(input, partition, order, random.nextInt(3), limit);
  }

  static List<SortKey> order(RandomGenerator random, Schema schema, int keys) {
    List<SortKey> order = new ArrayList<>();
    for (int i = keys; i > 0; i--) {
      order.add(
          new SortKey(
              random.nextInt(schema.columnCount()),
              random.nextBoolean() ? SortKey.Direction.ASCENDING : SortKey.Direction.DESCENDING,
              random.nextBoolean() ? SortKey.Nulls.FIRST : SortKey.Nulls.LAST));
    }
    return order;
  }

  /** Numbers stand for times. */
  private Plan windows(Plan input) {
    int time = timeColumn(input);
    if (time < 0) {
      return filter(input);
    }
    long step = 1L + random.nextInt(3);
    Plan.WindowKind kind = Plan.WindowKind.values()[random.nextInt(2)];
    return new Plan.Windows(
        withTime(input, time),
        kind,
        time,
        step,
        step * (1 + random.nextInt(3)),
        random.nextInt(7) - 3,
        with(input.schema(), 1));
  }

  private Plan sessions(Plan input) {
    int time = timeColumn(input);
    if (time < 0) {
      return filter(input);
    }
    List<Integer> partition = new ArrayList<>();
    if (random.nextInt(4) > 0) {
      partition.add(random.nextInt(input.schema().columnCount()));
    }
    return new Plan.Sessions(
        withTime(input, time), partition, time, 1 + random.nextInt(2), with(input.schema(), 2));
  }

  private int timeColumn(Plan input) {
    List<Integer> candidates = columnsOf(input.schema(), Simple.BIGINT);
    return candidates.isEmpty() ? -1 : candidates.get(random.nextInt(candidates.size()));
  }

  private static Plan withTime(Plan input, int time) {
    return new Plan.Filter(
        input,
        call(Function.IS_NOT_NULL, Simple.BOOLEAN, new Expression.ColumnRef(time, Simple.BIGINT)));
  }

  private static Schema with(Schema schema, int count) {
    List<Column> columns = new ArrayList<>(schema.columns());
    for (int i = 0; i < count; i++) {
      String name = "w" + columns.size();
      while (new Schema(columns).names().contains(name)) {
        name += "w";
      }
      columns.add(Column.notNull(name, Simple.BIGINT));
    }
    return new Schema(columns);
  }

  static List<Integer> columnsOf(Schema schema, DataType type) {
    List<Integer> found = new ArrayList<>();
    for (int c = 0; c < schema.columnCount(); c++) {
      if (schema.type(c).equals(type)) {
        found.add(c);
      }
    }
    return found;
  }

  private Expression.Literal literal(DataType type, int nullPercent) {
    return new Expression.Literal(type, Optional.ofNullable(value(random, type, nullPercent)));
  }

  static Expression call(Function function, DataType type, Expression... arguments) {
    return new Expression.Call(function, List.of(arguments), type);
  }

  /** Values from a small set, so that keys meet and rows repeat; now and then an extreme one. */
  public static Object value(RandomGenerator random, DataType type, int nullPercent) {
    if (random.nextInt(100) < nullPercent) {
      return null;
    }
    return switch (type) {
      case DataType.Decimal decimal -> decimal(random, decimal);
      case Simple.BIGINT ->
          random.nextInt(40) == 0 ? Long.MAX_VALUE - random.nextInt(3) : random.nextInt(9) - 3L;
      case Simple.VARCHAR -> "value-of-text-".substring(random.nextInt(14)) + random.nextInt(3);
      case Simple.DOUBLE -> doubleValue(random);
      case Simple.BOOLEAN -> random.nextBoolean();
      default -> throw new IllegalArgumentException("not generated: " + type);
    };
  }

  private static Object decimal(RandomGenerator random, DataType.Decimal type) {
    BigDecimal small = BigDecimal.valueOf(random.nextInt(2000) - 700, 2);
    boolean huge = type.precision() == 38 && random.nextInt(20) == 0;
    BigDecimal value = huge ? new BigDecimal("9".repeat(37 - type.scale())).subtract(small) : small;
    return value.setScale(type.scale());
  }

  private static Object doubleValue(RandomGenerator random) {
    return switch (random.nextInt(12)) {
      case 0 -> 1e300 * random.nextInt(3);
      case 1 -> 1e-300;
      case 2 -> random.nextInt(20) == 0 ? Double.NaN : 0.1;
      default -> random.nextInt(7) / 10.0;
    };
  }
}
