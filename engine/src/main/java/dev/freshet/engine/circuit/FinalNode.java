package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.time.TableTime;
import dev.freshet.sql.plan.Plan.Closing;
import java.util.List;
import java.util.Optional;

/**
 * Gives each row once: when the watermark has passed its moment. What changes a closed row after
 * that is only what {@link ExpireNode} takes back, and is left out.
 */
final class FinalNode extends Node {
  private final WatermarkNode clock;
  private final Closing closing;
  private final long spread;
  private final ClosingQueue rows;
  private final Optional<AggregateNode> forgetful;
  private long closedUpTo = TableTime.NONE;
  private Batch closed;

  /**
   * @param forgetful the input, if nobody takes its rows back: then the groups that have come out
   *     are dropped from its state
   */
  FinalNode(
      Node input,
      WatermarkNode clock,
      Optional<AggregateNode> forgetful,
      Closing closing,
      long spread) {
    super("final " + ClosingQueue.label(closing, spread), input.schema(), List.of(input, clock));
    this.clock = clock;
    this.forgetful = forgetful;
    this.closing = closing;
    this.spread = spread;
    this.rows = new ClosingQueue(input.schema(), closing, spread);
    this.closed = nothing();
  }

  @Override
  Batch evaluate() {
    rows.add(input().output(), closedUpTo);
    closedUpTo = Math.max(closedUpTo, clock.watermark());
    closed = rows.take(closedUpTo, Long.MAX_VALUE);
    return closed;
  }

  @Override
  void endStep() {
    super.endStep();
    if (!closed.isEmpty()) {
      Batch groups = closed;
      forgetful.ifPresent(aggregate -> aggregate.forget(groups));
      closed = nothing();
    }
  }

  @Override
  List<RowOrder> stateOrders() {
    return List.of(rows.order());
  }

  @Override
  List<RunList> state() {
    return List.of(rows.content());
  }

  @Override
  void restore(List<RunList> state) {
    rows.restore(state.getFirst());
    closedUpTo = clock.watermark();
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new FinalNode(
        otherInputs.getFirst(),
        (WatermarkNode) otherInputs.getLast(),
        Optional.empty(),
        closing,
        spread);
  }

  @Override
  public String operator() {
    return "final";
  }
}
