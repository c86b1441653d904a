package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.sql.plan.Plan.Closing;
import java.util.Optional;

/**
 * Gives each row once: when the watermark has passed its moment. What changes a closed row after
 * that is only what {@link ExpireNode} takes back, and is left out.
 */
final class FinalNode extends ClosingNode {
  private final Optional<AggregateNode> forgetful;
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
    super("final", input, clock, closing, spread);
    this.forgetful = forgetful;
    this.closed = nothing();
  }

  @Override
  Batch evaluate() {
    rows().add(input().output(), closedUpTo());
    followWatermark();
    closed = rows().take(closedUpTo(), Long.MAX_VALUE);
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
  Node over(Node input, WatermarkNode clock, Closing closing, long spread) {
    return new FinalNode(input, clock, Optional.empty(), closing, spread);
  }

  @Override
  public String operator() {
    return "final";
  }
}
