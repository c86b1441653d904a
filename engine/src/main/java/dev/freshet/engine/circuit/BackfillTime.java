package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.error.Check;
import dev.freshet.engine.table.Arrivals;
import dev.freshet.engine.time.ViewTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The time of a final view that is computed beside a running circuit. The view's own time moves
 * with the running circuit; operators here see a copy that follows as they catch up.
 *
 * <pre>
 *   running circuit     watermark w0 | w1 | w2        each step's changes are tagged by what they met there
 *   this one            none ... w0    .    w1        content first, before any watermark
 * </pre>
 */
final class BackfillTime {
  private final ViewTime real;
  private final ViewTime copy;
  private final long atBegin;
  private long offered;
  private List<ArrivalsNode> arrivals = List.of();
  private List<WatermarkNode> clocks = List.of();

  BackfillTime(ViewTime real) {
    this.real = real;
    this.copy = real.copy();
    this.atBegin = real.watermark();
    this.offered = atBegin;
  }

  /** What the view's operators here see. */
  ViewTime copy() {
    return copy;
  }

  void begin(Output view) {
    arrivals = view.arrivals();
    clocks = view.watermarks();
  }

  /** The step's changes of tables, with the watermarks that they met. On the engine's thread. */
  Map<Node, Batch> arrived(Map<String, Arrivals> changes) {
    Map<Node, Batch> arrived = new HashMap<>();
    for (ArrivalsNode node : arrivals) {
      Arrivals single = changes.get(node.table());
      if (single != null && !single.rows().isEmpty()) {
        arrived.put(node, node.tagged(single, real));
      }
    }
    return arrived;
  }

  /** The view's watermark, if the step moved it. On the engine's thread. */
  Optional<Long> moved() {
    long now = real.watermark();
    if (now == offered) {
      return Optional.empty();
    }
    offered = now;
    return Optional.of(now);
  }

  /** Moves to where the view was when it began. */
  void toTheBeginning() {
    moveTo(atBegin);
  }

  void moveTo(long watermark) {
    copy.moveTo(watermark);
    clocks.forEach(WatermarkNode::offer);
  }

  void requireSame() {
    Check.that(
        copy.watermark() == real.watermark(),
        "a final view has come as far as its time",
        copy.watermark(),
        real.watermark());
  }
}
