package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.engine.arrangement.Arrangement;
import dev.freshet.engine.arrangement.Chain;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import java.util.List;

/**
 * Keeps the input's content by key. All operators that need the same input by the same key share
 * one. Its output is the input's change.
 */
class ArrangeNode extends SortedNode {
  private static final Chain NO_CHANGE = Chain.of(List.of());

  private final Run noRows;
  private Arrangement arrangement;
  private RunList before;

  /** Sorted when an operator first reads it, or a row of it. */
  private Chain change = NO_CHANGE;

  private boolean changeIsIn = true;

  ArrangeNode(Node input, RowOrder order) {
    this("arrange " + order.text(), input, order);
  }

  ArrangeNode(String label, Node input, RowOrder order) {
    super(label, input.schema(), order, List.of(input));
    this.arrangement = new Arrangement(order);
    this.before = arrangement.content();
    this.noRows = Run.empty(order);
  }

  @Override
  Batch evaluate() {
    change = Chain.ofChange(order(), input().output(), workers());
    changeIsIn = false;
    return changedRows();
  }

  /**
   * Adds the step's change, when all operators of the step have run: what they sorted is then in
   * order, and until then they all read the same chains.
   */
  void settle() {
    if (!changeIsIn) {
      long begin = System.nanoTime();
      changeIsIn = true;
      keep(change);
      spent(System.nanoTime() - begin);
    }
  }

  /** How many rows {@link #settle} has to add. */
  long unsettledRows() {
    return changeIsIn ? 0 : change.rowCount();
  }

  private RunList content() {
    settle();
    return arrangement.content();
  }

  /** Adds a change to what is kept. */
  void keep(Chain added) {
    arrangement.add(added);
  }

  @Override
  RunList before() {
    return before;
  }

  @Override
  RunList after() {
    return changeIsIn ? arrangement.content() : before.with(change);
  }

  /** Drops rows that nothing looks at any more, between two steps: this is no change. */
  void forget(Batch negated) {
    content();
    arrangement.add(Run.of(order(), negated));
    before = arrangement.content();
  }

  @Override
  Run delta() {
    return change.rowCount() == 0 ? noRows : change.pieces(workers()).getFirst().rows();
  }

  /** This step's change; equal rows may stand in it several times. */
  Batch changedRows() {
    return change.rowCount() == 0
        ? noRows.rows()
        : change.unsorted().orElseGet(() -> delta().rows());
  }

  final Run noChange() {
    return noRows;
  }

  @Override
  void endStep() {
    super.endStep();
    before = content();
    change = NO_CHANGE;
  }

  @Override
  void presentContent(Batch content) {
    change = Chain.of(content().merged());
    before = new Arrangement(order()).content();
    super.presentContent(changedRows());
  }

  @Override
  ArrangeNode presenting() {
    ArrangeNode copy = new ArrangeNode(new SourceNode("content", schema()), order());
    copy.arrangement = new Arrangement(content());
    copy.presentContent(nothing());
    return copy;
  }

  @Override
  List<RowOrder> stateOrders() {
    return List.of(order());
  }

  @Override
  List<RunList> state() {
    // Readers of statistics call this from other threads: it must not add the change.
    return List.of(arrangement.content());
  }

  @Override
  void restore(List<RunList> state) {
    arrangement = new Arrangement(state.getFirst());
    before = arrangement.content();
  }

  @Override
  boolean onlyInserts() {
    return input().onlyInserts();
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new ArrangeNode(otherInputs.getFirst(), order());
  }

  @Override
  public String operator() {
    return "arrange";
  }
}
