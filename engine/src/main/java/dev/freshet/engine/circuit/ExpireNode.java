package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.engine.time.TableTime;
import dev.freshet.sql.plan.Plan.Closing;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Takes rows back after they have closed, so that the operators behind forget them. Not before the
 * step after: in the step that closes them they count. So many at a time that no step is held up.
 */
final class ExpireNode extends ClosingNode {
  private static final int FUEL_PER_STEP = 4096;
  private static final int FUEL_PER_ROW = 2;

  private final Optional<ArrangeNode> sessions;
  private Batch expired;

  /**
   * @param sessions what the sessions that are the input are made of: it forgets the rows of closed
   *     sessions, without a change of the input
   */
  ExpireNode(
      Node input,
      WatermarkNode clock,
      Optional<ArrangeNode> sessions,
      Closing closing,
      long spread) {
    super("expire", input, clock, closing, spread);
    this.sessions = sessions;
    this.expired = nothing();
  }

  @Override
  boolean hasWork() {
    return rows().mayHave(closedUpTo());
  }

  @Override
  Batch evaluate() {
    Batch change = input().output();
    expired = rows().take(closedUpTo(), FUEL_PER_STEP + (long) FUEL_PER_ROW * change.rowCount());
    rows().add(change, TableTime.NONE);
    if (expired.isEmpty()) {
      return change;
    }
    Batch back = expired.negated();
    return change.isEmpty() ? back : Rows.concat(schema(), List.of(change, back));
  }

  @Override
  void endStep() {
    super.endStep();
    followWatermark();
    if (!expired.isEmpty()) {
      sessions.ifPresent(this::forget);
      expired = nothing();
    }
  }

  private void forget(ArrangeNode arranged) {
    int[] columns = IntStream.range(0, arranged.schema().columnCount()).toArray();
    arranged.forget(expired.select(columns).negated().withSchema(arranged.schema()));
  }

  @Override
  Node over(Node input, WatermarkNode clock, Closing closing, long spread) {
    return new ExpireNode(input, clock, Optional.empty(), closing, spread);
  }

  @Override
  public String operator() {
    return "expire";
  }
}
