package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.time.TableTime;
import dev.freshet.sql.plan.Plan.Closing;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Takes rows back after they have closed, so that the operators behind forget them. Not before the
 * step after: in the step that closes them they count. So many at a time that no step is held up.
 */
final class ExpireNode extends Node {
  private static final int FUEL_PER_STEP = 4096;
  private static final int FUEL_PER_ROW = 2;

  private final WatermarkNode clock;
  private final Optional<ArrangeNode> sessions;
  private final Closing closing;
  private final long spread;
  private final ClosingQueue rows;
  private long closedUpTo = TableTime.NONE;
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
    super("expire " + ClosingQueue.label(closing, spread), input.schema(), List.of(input, clock));
    this.clock = clock;
    this.sessions = sessions;
    this.closing = closing;
    this.spread = spread;
    this.rows = new ClosingQueue(input.schema(), closing, spread);
    this.expired = nothing();
  }

  @Override
  boolean hasWork() {
    return rows.mayHave(closedUpTo);
  }

  @Override
  Batch evaluate() {
    Batch change = input().output();
    expired = rows.take(closedUpTo, FUEL_PER_STEP + (long) FUEL_PER_ROW * change.rowCount());
    rows.add(change, TableTime.NONE);
    if (expired.isEmpty()) {
      return change;
    }
    Batch back = ClosingQueue.negated(expired);
    return change.isEmpty() ? back : Rows.concat(schema(), List.of(change, back));
  }

  @Override
  void endStep() {
    super.endStep();
    closedUpTo = clock.watermark();
    if (!expired.isEmpty()) {
      sessions.ifPresent(this::forget);
      expired = nothing();
    }
  }

  private void forget(ArrangeNode arranged) {
    int[] columns = IntStream.range(0, arranged.schema().columnCount()).toArray();
    arranged.forget(ClosingQueue.negated(expired.select(columns)).withSchema(arranged.schema()));
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
    return new ExpireNode(
        otherInputs.getFirst(),
        (WatermarkNode) otherInputs.getLast(),
        Optional.empty(),
        closing,
        spread);
  }

  @Override
  public String operator() {
    return "expire";
  }
}
