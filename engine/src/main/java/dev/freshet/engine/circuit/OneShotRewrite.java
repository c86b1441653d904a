package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Values;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import dev.freshet.sql.plan.Plan;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Answers parts of a plan ahead where there is a shorter way, and puts a scan of the answer in
 * their place:
 *
 * <pre>
 * Filter(id = 7 AND x > 1)          Filter(id = 7 AND x > 1)
 *   Scan(orders)             to       Scan(the rows of orders with id 7)
 *
 * TopN(10, no partition)     to     Scan(the 10 rows)
 *   ...
 * </pre>
 */
final class OneShotRewrite {
  private final OneShot.Contents contents;
  private final Map<String, Batch> made = new HashMap<>();

  OneShotRewrite(OneShot.Contents contents) {
    this.contents = contents;
  }

  /** The rows of the relations that stand for answered parts. */
  Map<String, Batch> made() {
    return made;
  }

  Plan rewrite(Plan plan) {
    return switch (plan) {
      case Plan.Scan scan -> scan;
      case Plan.Constants constants -> constants;
      case Plan.Filter filter -> rewrite(filter);
      case Plan.Project project ->
          new Plan.Project(rewrite(project.input()), project.expressions(), project.schema());
      case Plan.Union union ->
          new Plan.Union(union.inputs().stream().map(this::rewrite).toList(), union.schema());
      case Plan.Distinct distinct -> new Plan.Distinct(rewrite(distinct.input()));
      case Plan.Join join ->
          new Plan.Join(
              rewrite(join.left()),
              rewrite(join.right()),
              join.kind(),
              join.leftKeys(),
              join.rightKeys(),
              join.residual(),
              join.schema());
      case Plan.Aggregate aggregate ->
          new Plan.Aggregate(
              rewrite(aggregate.input()),
              aggregate.groupColumns(),
              aggregate.calls(),
              aggregate.schema());
      case Plan.TopN top -> rewrite(top);
      case Plan.Multiset multiset ->
          new Plan.Multiset(
              rewrite(multiset.left()),
              rewrite(multiset.right()),
              multiset.kind(),
              multiset.schema());
      case Plan.Unnest unnest ->
          new Plan.Unnest(
              rewrite(unnest.input()), unnest.arrayColumn(), unnest.kind(), unnest.schema());
      case Plan.Windows windows ->
          new Plan.Windows(
              rewrite(windows.input()),
              windows.kind(),
              windows.timeColumn(),
              windows.step(),
              windows.size(),
              windows.offset(),
              windows.schema());
      case Plan.Sessions sessions ->
          new Plan.Sessions(
              rewrite(sessions.input()),
              sessions.partitionColumns(),
              sessions.timeColumn(),
              sessions.gap(),
              sessions.schema());
      case Plan.Over over ->
          new Plan.Over(
              rewrite(over.input()),
              over.partitionColumns(),
              over.order(),
              over.calls(),
              over.schema());
      case Plan.AsOf join ->
          new Plan.AsOf(
              rewrite(join.left()),
              rewrite(join.right()),
              join.kind(),
              join.leftKeys(),
              join.rightKeys(),
              join.leftTime(),
              join.rightTime(),
              join.match(),
              join.schema());
      case Plan.Recursion recursion ->
          new Plan.Recursion(
              rewrite(recursion.base()),
              rewrite(recursion.step()),
              recursion.kind(),
              recursion.schema());
      case Plan.Recurse recurse -> recurse;
    };
  }

  private Plan rewrite(Plan.TopN top) {
    if (!top.partitionColumns().isEmpty()) {
      return new Plan.TopN(
          rewrite(top.input()), top.partitionColumns(), top.order(), top.offset(), top.limit());
    }
    String name = "top rows " + made.size();
    made.put(name, TopRows.of(OneShot.answer(top.input(), contents, Long.MAX_VALUE), top));
    return new Plan.Scan(name, top.schema());
  }

  private Plan rewrite(Plan.Filter filter) {
    if (!(filter.input() instanceof Plan.Scan scan)) {
      return new Plan.Filter(rewrite(filter.input()), filter.predicate());
    }
    Optional<Batch> key = key(scan, filter.predicate());
    if (key.isEmpty()) {
      return filter;
    }
    String name = scan.relation() + " by key " + made.size();
    made.put(name, contents.lookup(scan.relation(), key.get()));
    return new Plan.Filter(new Plan.Scan(name, scan.schema()), filter.predicate());
  }

  private Optional<Batch> key(Plan.Scan scan, Expression predicate) {
    int[] columns = contents.keyColumns(scan.relation());
    if (columns.length == 0) {
      return Optional.empty();
    }
    Map<Integer, Object> fixed = new HashMap<>();
    collect(predicate, fixed);
    Schema schema = Schemas.numbered(scan.schema(), columns);
    BatchBuilder builder = new BatchBuilder(schema, 1);
    for (int c = 0; c < columns.length; c++) {
      Object value = fixed.get(columns[c]);
      if (value == null) {
        return Optional.empty();
      }
      Values.append(builder.column(c), schema.type(c), value);
    }
    builder.endRow(1);
    return Optional.of(builder.build());
  }

  private static void collect(Expression predicate, Map<Integer, Object> fixed) {
    if (!(predicate instanceof Expression.Call call)) {
      return;
    }
    if (call.function() == Function.AND) {
      call.arguments().forEach(argument -> collect(argument, fixed));
    } else if (call.function() == Function.EQUAL) {
      List<Expression> sides = call.arguments();
      collectEqual(sides.get(0), sides.get(1), fixed);
      collectEqual(sides.get(1), sides.get(0), fixed);
    }
  }

  private static void collectEqual(Expression side, Expression other, Map<Integer, Object> fixed) {
    if (side instanceof Expression.ColumnRef column
        && other instanceof Expression.Literal literal
        && literal.value().isPresent()
        && literal.type().equals(column.type())) {
      fixed.putIfAbsent(column.index(), literal.value().get());
    }
  }
}
