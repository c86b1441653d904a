package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Values;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.PlanInputs;
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
  /** So many best rows are cheap to carry from piece to piece. */
  private static final long STREAMED_ROWS_MAX = 10_000;

  private final OneShot.Contents contents;
  private final Map<String, Batch> made = new HashMap<>();
  private final ScanStreams streams;

  OneShotRewrite(OneShot.Contents contents) {
    this.contents = contents;
    this.streams = new ScanStreams(contents, made);
  }

  /** The rows of the relations that stand for answered parts. */
  Map<String, Batch> made() {
    return made;
  }

  Plan rewrite(Plan plan) {
    return switch (plan) {
      case Plan.Arrivals _, Plan.NotAhead _, Plan.OnTime _, Plan.Expire _, Plan.Final _ -> plan;
      case Plan.Filter filter -> rewrite(filter);
      case Plan.Aggregate aggregate -> rewrite(aggregate);
      case Plan.TopN top -> rewrite(top);
      default -> PlanInputs.map(plan, this::rewrite);
    };
  }

  private Plan rewrite(Plan.Aggregate aggregate) {
    Plan input = rewrite(aggregate.input());
    Plan.Aggregate over =
        new Plan.Aggregate(input, aggregate.groupColumns(), aggregate.calls(), aggregate.schema());
    Optional<Plan> chain = ScanAggregate.takes(over) ? streams.chain(input) : Optional.empty();
    if (chain.isEmpty()) {
      return over;
    }
    ScanAggregate groups = new ScanAggregate(over);
    streams.read(
        chain.get(),
        rows -> {
          groups.add(rows);
          return true;
        });
    String name = "groups " + made.size();
    made.put(name, groups.result());
    return new Plan.Scan(name, aggregate.schema());
  }

  private Plan rewrite(Plan.TopN top) {
    if (!top.partitionColumns().isEmpty()) {
      return new Plan.TopN(
          rewrite(top.input()), top.partitionColumns(), top.order(), top.offset(), top.limit());
    }
    Plan input = rewrite(top.input());
    long end = TopNNode.end(top.offset(), top.limit());
    Optional<Plan> chain = end <= STREAMED_ROWS_MAX ? streams.chain(input) : Optional.empty();
    Batch rows =
        chain.isPresent()
            ? topOfStream(top, chain.get(), end)
            : TopRows.of(OneShot.rest(input, contents, made), top);
    String name = "top rows " + made.size();
    made.put(name, rows);
    return new Plan.Scan(name, top.schema());
  }

  /** The best rows so far compete with each piece. */
  private Batch topOfStream(Plan.TopN top, Plan chain, long end) {
    Plan.TopN first = new Plan.TopN(top.input(), top.partitionColumns(), top.order(), 0, end);
    Batch[] best = {Batch.empty(top.schema())};
    streams.read(
        chain,
        rows -> {
          Batch better = TopRows.of(rows.withSchema(top.schema()), first);
          best[0] = TopRows.of(Rows.concat(top.schema(), List.of(best[0], better)), first);
          return true;
        });
    return TopRows.of(best[0], top);
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
