package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What steps changed while views are computed beside them, until that has caught up. The engine's
 * thread adds and never waits; past a number of bytes all is dropped, and whoever takes is told.
 */
final class Offers {
  private final Queue<Offer> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicLong bytes = new AtomicLong();
  private final long bytesMax;
  private volatile boolean overrun;

  /**
   * What one step changed, or several.
   *
   * @param watermarks where views have come by it
   */
  record Offer(Map<Node, Batch> changes, Map<BackfillTime, Long> watermarks) {
    private int rows() {
      return changes.values().stream().mapToInt(Batch::rowCount).sum();
    }

    private long bytes() {
      return changes.values().stream().mapToLong(Batch::bytes).sum();
    }
  }

  Offers(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  void add(Map<Node, Batch> changes, Map<BackfillTime, Long> watermarks) {
    if (overrun || (changes.isEmpty() && watermarks.isEmpty())) {
      return;
    }
    Offer offer = new Offer(changes, watermarks);
    if (bytes.addAndGet(offer.bytes()) > bytesMax) {
      overrun = true;
      waiting.clear();
    } else {
      waiting.add(offer);
    }
  }

  /**
   * The next step's changes; of steps that moved no watermark as many together as have about so
   * many rows.
   *
   * @throws FreshetException {@link ErrorCode#LIMIT_EXCEEDED} when too much came
   */
  Optional<Offer> poll(int rowsWanted) {
    if (overrun) {
      throw new FreshetException(
          ErrorCode.LIMIT_EXCEEDED,
          "Cannot compute the views beside the others: more than "
              + (bytesMax >> 20)
              + " MiB of changes came in meanwhile. Try again when less comes in, or raise"
              + " engine.memory.");
    }
    Offer first = waiting.poll();
    if (first == null) {
      return Optional.empty();
    }
    bytes.addAndGet(-first.bytes());
    if (!first.watermarks().isEmpty()) {
      return Optional.of(first);
    }
    Map<Node, List<Batch>> together = new HashMap<>();
    int rows = collect(first, together);
    for (Offer next = waiting.peek();
        next != null && next.watermarks().isEmpty() && rows + next.rows() <= rowsWanted;
        next = waiting.peek()) {
      rows += collect(next, together);
      bytes.addAndGet(-next.bytes());
      waiting.poll();
    }
    Map<Node, Batch> changes = new HashMap<>();
    together.forEach((node, batches) -> changes.put(node, sum(node, batches)));
    return Optional.of(new Offer(changes, Map.of()));
  }

  private static int collect(Offer offer, Map<Node, List<Batch>> together) {
    offer
        .changes()
        .forEach((node, rows) -> together.computeIfAbsent(node, _ -> new ArrayList<>()).add(rows));
    return offer.rows();
  }

  private static Batch sum(Node node, List<Batch> batches) {
    return batches.size() == 1 ? batches.getFirst() : Rows.concat(node.schema(), batches);
  }
}
