package dev.freshet.engine.oracle;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.ColumnRef;
import dev.freshet.sql.plan.Function;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.JoinKind;
import dev.freshet.sql.plan.Plan.RecursionKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Random recursions that end: a set takes its values from the inputs only; with duplicates a
 * countdown in the last column bounds the iterations.
 */
final class RandomRecursion {
  private final RandomGenerator random;
  private final RandomPlans plans;

  RandomRecursion(RandomGenerator random, RandomPlans plans) {
    this.random = random;
    this.plans = plans;
  }

  /** A recursion over some columns of the input. */
  Plan over(Plan input, int depth) {
    return random.nextInt(3) == 0 ? all(input, depth) : set(input, depth);
  }

  private Plan set(Plan input, int depth) {
    Plan base = some(input, 1 + random.nextInt(2));
    Plan recurse = new Plan.Recurse(base.schema());
    Plan step = random.nextInt(3) == 0 ? squared(recurse) : follow(recurse, depth, base.schema());
    if (random.nextInt(3) == 0) {
      Plan other = random.nextBoolean() ? base : follow(recurse, depth, base.schema());
      step = new Plan.Union(List.of(step, other), base.schema());
    }
    return new Plan.Recursion(base, step, RecursionKind.DISTINCT, base.schema());
  }

  private Plan all(Plan input, int depth) {
    Plan some = some(input, 1);
    DataType type = some.schema().type(0);
    Schema schema = Schema.of(Column.nullable("x", type), Column.notNull("left", Simple.BIGINT));
    Expression rounds = number(random.nextInt(4));
    Plan base = new Plan.Project(some, List.of(new ColumnRef(0, type), rounds), schema);
    Plan recurse = new Plan.Recurse(schema);
    ColumnRef left = new ColumnRef(1, Simple.BIGINT);
    Plan more =
        new Plan.Filter(
            recurse, RandomPlans.call(Function.GREATER, Simple.BOOLEAN, left, number(0)));
    Plan joined = joined(more, some(plans.plan(depth), 2));
    int from = joined.schema().columnCount() > 2 && random.nextBoolean() ? 2 : 0;
    int column = joined.schema().type(from).equals(type) ? from : 0;
    Expression fewer = RandomPlans.call(Function.MINUS, Simple.BIGINT, left, number(1));
    Plan step = new Plan.Project(joined, List.of(new ColumnRef(column, type), fewer), schema);
    return new Plan.Recursion(base, step, RecursionKind.ALL, schema);
  }

  /** Rows that a join with something else finds, of the recursion's types. */
  private Plan follow(Plan recurse, int depth, Schema schema) {
    Plan input = random.nextInt(4) == 0 ? plans.filter(recurse) : recurse;
    Plan joined = joined(input, some(plans.plan(depth), 3));
    List<Expression> columns = new ArrayList<>();
    for (Column column : schema.columns()) {
      List<Integer> candidates = RandomPlans.columnsOf(joined.schema(), column.type());
      columns.add(new ColumnRef(candidates.get(random.nextInt(candidates.size())), column.type()));
    }
    Plan step = new Plan.Project(joined, columns, schema);
    return random.nextInt(4) == 0 ? new Plan.Distinct(step) : step;
  }

  /** Pairs of the recursion's own rows. */
  private Plan squared(Plan recurse) {
    Schema schema = recurse.schema();
    int last = schema.columnCount() - 1;
    boolean chain = last > 0 && schema.type(0).equals(schema.type(last));
    Schema both = Plan.concat(schema, schema, JoinKind.INNER);
    Plan pairs =
        new Plan.Join(
            recurse,
            recurse,
            JoinKind.INNER,
            List.of(chain ? last : 0),
            List.of(0),
            Expression.TRUE,
            both);
    List<Expression> columns = new ArrayList<>();
    for (int i = 0; i <= last; i++) {
      int from = i == last ? schema.columnCount() + last : i;
      columns.add(new ColumnRef(from, schema.type(i)));
    }
    return new Plan.Project(pairs, columns, schema);
  }

  private Plan joined(Plan left, Plan right) {
    for (int attempt = 0; attempt < 6; attempt++) {
      int leftKey = random.nextInt(left.schema().columnCount());
      List<Integer> candidates = RandomPlans.columnsOf(right.schema(), left.schema().type(leftKey));
      if (!candidates.isEmpty()) {
        JoinKind kind = random.nextInt(3) == 0 ? JoinKind.LEFT : JoinKind.INNER;
        Schema schema = Plan.concat(left.schema(), right.schema(), kind);
        return new Plan.Join(
            left,
            right,
            kind,
            List.of(leftKey),
            List.of(candidates.get(random.nextInt(candidates.size()))),
            Expression.TRUE,
            schema);
      }
    }
    return plans.filter(left);
  }

  private Plan some(Plan input, int count) {
    List<Expression> columns = new ArrayList<>();
    List<Column> schema = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int column = random.nextInt(input.schema().columnCount());
      columns.add(new ColumnRef(column, input.schema().type(column)));
      schema.add(Column.nullable("s" + i, input.schema().type(column)));
    }
    return new Plan.Project(input, columns, new Schema(schema));
  }

  private static Expression number(long value) {
    return new Expression.Literal(Simple.BIGINT, Optional.of(value));
  }
}
