package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.engine.arrangement.BatchSink;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.JoinKind;
import dev.freshet.sql.plan.PlanInputs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rows of plans that can be read piece by piece: filters, projections and the like over one
 * relation, or over an inner join of two such plans. A join's place in a plan is taken by a scan of
 * its pairs, which come while they are asked for. One thread owns it.
 */
final class ScanStreams {
  private final OneShot.Contents contents;
  private final Map<String, Batch> made;
  private final Map<String, Plan.Join> joins = new HashMap<>();

  /**
   * @param made the content of relations that are not those of {@code contents}; may grow
   */
  ScanStreams(OneShot.Contents contents, Map<String, Batch> made) {
    this.contents = contents;
    this.made = made;
  }

  /** The plan as a chain over one relation, if its rows can be streamed. */
  Optional<Plan> chain(Plan plan) {
    if (plan instanceof Plan.Join join) {
      return chain(join);
    }
    if (plan instanceof Plan.Scan) {
      return Optional.of(plan);
    }
    if (plan.inputs().size() != 1) {
      return Optional.empty();
    }
    return chain(plan.inputs().getFirst())
        .map(input -> PlanInputs.with(plan, List.of(input)))
        .filter(OneShot::isChain);
  }

  private Optional<Plan> chain(Plan.Join join) {
    Optional<Plan> left = chain(join.left());
    Optional<Plan> right = chain(join.right());
    boolean hashed = join.kind() == JoinKind.INNER && !join.leftKeys().isEmpty();
    if (!hashed || left.isEmpty() || right.isEmpty()) {
      return Optional.empty();
    }
    String name = "pairs " + joins.size();
    joins.put(
        name,
        new Plan.Join(
            left.get(),
            right.get(),
            join.kind(),
            join.leftKeys(),
            join.rightKeys(),
            Expression.TRUE,
            join.schema()));
    Plan pairs = new Plan.Scan(name, join.schema());
    return Optional.of(
        join.residual().equals(Expression.TRUE) ? pairs : new Plan.Filter(pairs, join.residual()));
  }

  /**
   * Hands over the rows of a chain.
   *
   * @param chain what {@link #chain} gave
   */
  void read(Plan chain, BatchSink sink) {
    OneShot.stream(chain, contents, made, this::pieces, sink);
  }

  /** The pairs of a join, if the relation stands for one. */
  private boolean pieces(String relation, BatchSink sink) {
    Plan.Join join = joins.get(relation);
    if (join == null) {
      return false;
    }
    boolean leftIsSmaller = rows(join.left()) < rows(join.right());
    Plan built = leftIsSmaller ? join.left() : join.right();
    List<Batch> rows = new ArrayList<>();
    read(
        built,
        piece -> {
          rows.add(piece);
          return true;
        });
    ScanJoin.Built side = leftIsSmaller ? ScanJoin.Built.LEFT : ScanJoin.Built.RIGHT;
    ScanJoin hashed = new ScanJoin(join, side, Rows.concat(built.schema(), rows));
    read(leftIsSmaller ? join.right() : join.left(), piece -> hashed.probe(piece, sink));
    return true;
  }

  /** About how many rows a chain reads; a join is taken for larger than what it reads. */
  private long rows(Plan plan) {
    if (!(plan instanceof Plan.Scan scan)) {
      return rows(plan.inputs().getFirst());
    }
    Plan.Join join = joins.get(scan.relation());
    if (join != null) {
      return rows(join.left()) + rows(join.right());
    }
    Batch rows = made.get(scan.relation());
    return rows == null ? contents.rowCount(scan.relation()) : rows.rowCount();
  }
}
