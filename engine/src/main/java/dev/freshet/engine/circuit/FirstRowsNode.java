package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.engine.arrangement.Arrangement;
import dev.freshet.engine.arrangement.FirstRows;
import dev.freshet.engine.arrangement.FirstRows.Rest;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import java.util.List;
import java.util.Optional;

/**
 * The first rows of each key, in order. Its output is their change; its state is they themselves
 * and, unless nothing is ever deleted from the input, all other rows beside.
 */
final class FirstRowsNode extends SortedNode {
  /**
   * More rows of a key are looked for where they lie, rather than walked through at each change.
   */
  static final long LIMIT_MAX = 1 << 10;

  private final long limit;
  private final Rest rest;
  private final Run noRows;
  private FirstRows rows;
  private RunList before;
  private Run change;

  FirstRowsNode(Node input, RowOrder order, long limit, Rest rest) {
    super(
        "first " + limit + " " + order.text() + " rest " + rest,
        input.schema(),
        order,
        List.of(input));
    this.limit = limit;
    this.rest = rest;
    this.noRows = Run.empty(order);
    this.change = noRows;
    this.rows = new FirstRows(order, limit, rest);
    this.before = rows.first();
  }

  @Override
  Batch evaluate() {
    change = rows.add(input().output());
    return change.rows();
  }

  @Override
  RunList before() {
    return before;
  }

  @Override
  RunList after() {
    return rows.first();
  }

  @Override
  Run delta() {
    return change;
  }

  @Override
  void endStep() {
    super.endStep();
    before = rows.first();
    change = noRows;
  }

  @Override
  void presentContent(Batch content) {
    change = rows.first().merged();
    before = new Arrangement(order()).content();
    super.presentContent(change.rows());
  }

  @Override
  SortedNode presenting() {
    FirstRowsNode copy =
        new FirstRowsNode(new SourceNode("content", schema()), order(), limit, rest);
    copy.rows = FirstRows.of(limit, rows.first(), rows.rest());
    copy.presentContent(nothing());
    return copy;
  }

  @Override
  List<RowOrder> stateOrders() {
    return rest == Rest.KEPT ? List.of(order(), order()) : List.of(order());
  }

  @Override
  List<RunList> state() {
    return rows.rest().map(others -> List.of(rows.first(), others)).orElse(List.of(rows.first()));
  }

  @Override
  void restore(List<RunList> state) {
    Optional<RunList> others = rest == Rest.KEPT ? Optional.of(state.get(1)) : Optional.empty();
    rows = FirstRows.of(limit, state.getFirst(), others);
    before = rows.first();
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new FirstRowsNode(otherInputs.getFirst(), order(), limit, rest);
  }

  @Override
  public String operator() {
    return "first rows";
  }
}
