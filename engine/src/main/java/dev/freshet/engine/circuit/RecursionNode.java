package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Arrangement;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.RecursionKind;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of a base and all that follows from them. Each derivation is kept as a candidate: the
 * row, and the iteration that derives it, with how often it does.
 *
 * <pre>
 *   changes of the base ------> candidates of iteration 0
 *                                   |
 *      iteration i, ascending:      v
 *      candidates of i that changed -> rows of i that changed --> output, without the iteration
 *                 ^                          |
 *                 '--- iteration i + 1 ------'  a turn of the {@link Loop}
 *                                               (the first with the changes from outside)
 * </pre>
 *
 * <p>In a set a row belongs to the first iteration that has a candidate of it, so that a row lives
 * exactly as long as it follows from the base: rows of a cycle that only derive each other have
 * candidates in ever later iterations, and each goes when its turn comes. Iterations are settled in
 * ascending order, and one depends on earlier ones only; so each is settled once a step, and a step
 * costs in proportion to what changes in each iteration (iteration as the second dimension of time:
 * McSherry et al., Differential Dataflow, CIDR 2013).
 */
final class RecursionNode extends Node {
  /** The columns of the error row for too many rows. */
  private static final Schema CUT = Schema.of(Column.notNull("iteration", Simple.BIGINT));

  private final RecursionKind kind;
  private final LoopBody body;
  private final RowOrder order;
  private final Loop loop;
  private final IterationSizes sizes = new IterationSizes();
  private Arrangement candidates;

  /**
   * @param inputs the base, then the body's parts outside
   */
  RecursionNode(List<Node> inputs, RecursionKind kind, LoopBody body, Schema schema) {
    super("recursion " + kind + " of " + body.text(), schema, inputs);
    this.kind = kind;
    this.body = body;
    int width = schema.columnCount();
    this.order =
        RowOrder.sorted(
            LoopBody.withIteration(schema),
            Schemas.range(width),
            new int[] {width},
            new boolean[1],
            new boolean[1]);
    this.loop = new Loop(body, inputs.subList(1, inputs.size()), this);
    this.candidates = new Arrangement(order);
  }

  @Override
  Batch evaluate() {
    int width = schema().columnCount();
    CandidateChanges changes = new CandidateChanges(candidates, kind);
    long cutBefore = sizes.begin();
    List<Batch> found = new ArrayList<>();
    changes.arrive(Iterations.of(input().output(), order.schema(), 0));
    loop.open();
    long iteration = 0;
    do {
      Batch changed = changes.settle(iteration);
      if (iteration > Plan.Recursion.MAX_ITERATIONS) {
        report(changed);
      } else {
        found.add(changed.select(Schemas.range(width)).withSchema(schema()));
        sizes.add(iteration, changed);
        changes.arrive(loop.turn(continued(iteration, changed, changes)));
      }
      iteration = next(iteration, changes);
    } while (iteration != CandidateChanges.NONE);
    reportCut(cutBefore, sizes.cut());
    RowOrder all = RowOrder.byKey(schema(), Schemas.range(width));
    return Run.of(all, Rows.concat(schema(), found)).rows();
  }

  /**
   * The next iteration in which something changed, or of which it must be asked whether it goes on.
   */
  private long next(long iteration, CandidateChanges changes) {
    long next = changes.next();
    return sizes.areNearLimit() ? Math.min(next, sizes.after(iteration)) : next;
  }

  /** The change of the rows of an iteration from which the next one is made. */
  private Batch continued(long iteration, Batch changed, CandidateChanges changes) {
    boolean before = sizes.continuedBefore(iteration);
    boolean now = sizes.continuesNow(iteration);
    if (before && now) {
      return changed;
    }
    if (!before && !now) {
      return Batch.empty(order.schema());
    }
    RunList content = before ? changes.before() : candidates.content();
    boolean changeIsAll = before ? sizes.now(iteration) == 0 : sizes.before(iteration) == 0;
    return changeIsAll ? changed : Iterations.rows(content, kind, iteration, before ? -1 : 1);
  }

  private void report(Batch changed) {
    for (int i = 0; i < changed.rowCount(); i++) {
      fail(
          "Cannot follow a recursion further: this row comes after "
              + Plan.Recursion.MAX_ITERATIONS
              + " iterations. Bound it in the query, or look for a cycle in the data.",
          changed,
          i,
          changed.weight(i));
    }
  }

  private void reportCut(long before, long now) {
    if (before == now) {
      return;
    }
    if (before != IterationSizes.NONE) {
      reportCutRow(before, -1);
    }
    if (now != IterationSizes.NONE) {
      reportCutRow(now, 1);
    }
  }

  private void reportCutRow(long iteration, long weight) {
    Vector[] columns = {new LongVector(new long[] {iteration}, new boolean[0], 1)};
    fail(
        "Cannot follow a recursion further: with this iteration it has more than "
            + Plan.Recursion.MAX_ROWS
            + " rows. Bound it in the query, or look for a cycle in the data.",
        new Batch(CUT, columns, new long[] {1}, 1),
        0,
        weight);
  }

  @Override
  List<RowOrder> stateOrders() {
    List<RowOrder> orders = new ArrayList<>(List.of(order));
    orders.addAll(loop.stateOrders());
    return orders;
  }

  @Override
  void writeState() {
    loop.writeState();
  }

  @Override
  List<RunList> state() {
    List<RunList> state = new ArrayList<>(List.of(candidates.content()));
    state.addAll(loop.state());
    return state;
  }

  @Override
  void restore(List<RunList> state) {
    candidates = new Arrangement(state.getFirst());
    loop.restore(state.subList(1, state.size()));
    Iterations.forEach(
        candidates.content(),
        kind,
        (batch, row, iteration) -> sizes.restore(batch, row, iteration, kind));
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new RecursionNode(otherInputs, kind, body, schema());
  }

  @Override
  public String operator() {
    return "recursion";
  }
}
