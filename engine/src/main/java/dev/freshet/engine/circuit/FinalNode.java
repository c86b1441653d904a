package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.sql.plan.Plan.Closing;

/**
 * Gives each row once: when the watermark has passed its moment. What changes a closed row after
 * that is only what {@link ExpireNode} takes back, and is left out.
 */
final class FinalNode extends ClosingNode {
  FinalNode(Node input, WatermarkNode clock, Closing closing, long spread) {
    super("final", input, clock, closing, spread);
  }

  @Override
  Batch evaluate() {
    rows().add(input().output(), closedUpTo());
    followWatermark();
    return rows().take(closedUpTo(), Long.MAX_VALUE);
  }

  @Override
  Node over(Node input, WatermarkNode clock, Closing closing, long spread) {
    return new FinalNode(input, clock, closing, spread);
  }

  @Override
  public String operator() {
    return "final";
  }
}
