package dev.freshet.engine.circuit;

import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.time.TableTime;
import dev.freshet.sql.plan.Plan.Closing;
import java.util.List;

/** An operator that holds rows until the watermark has passed the moment at which they close. */
abstract class ClosingNode extends Node {
  private final WatermarkNode clock;
  private final Closing closing;
  private final long spread;
  private final ClosingQueue rows;
  private long closedUpTo = TableTime.NONE;

  ClosingNode(String kind, Node input, WatermarkNode clock, Closing closing, long spread) {
    super(kind + " " + ClosingQueue.label(closing, spread), input.schema(), List.of(input, clock));
    this.clock = clock;
    this.closing = closing;
    this.spread = spread;
    this.rows = new ClosingQueue(input.schema(), closing, spread);
  }

  /** The rows that have not closed. */
  final ClosingQueue rows() {
    return rows;
  }

  /** Up to where rows have closed for this operator. */
  final long closedUpTo() {
    return closedUpTo;
  }

  /** Lets the watermark of now close rows; it never goes back. */
  final void followWatermark() {
    closedUpTo = Math.max(closedUpTo, clock.watermark());
  }

  /** The same operator without state. */
  abstract Node over(Node input, WatermarkNode otherClock, Closing sameClosing, long sameSpread);

  @Override
  final Node copy(List<Node> otherInputs) {
    return over(otherInputs.getFirst(), (WatermarkNode) otherInputs.getLast(), closing, spread);
  }

  @Override
  final List<RowOrder> stateOrders() {
    return List.of(rows.order());
  }

  @Override
  final List<RunList> state() {
    return List.of(rows.content());
  }

  @Override
  final void restore(List<RunList> state) {
    rows.restore(state.getFirst());
    followWatermark();
  }
}
