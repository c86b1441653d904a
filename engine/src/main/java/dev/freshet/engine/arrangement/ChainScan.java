package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import java.util.Arrays;

/** Reads all rows of several chains in order, consolidated, in batches. One thread owns it. */
final class ChainScan {
  private final RowOrder order;
  private final ChainCursor[] inputs;
  private final Batch[] batches;
  private final int[] sources;
  private final int[] rows;
  private final long[] weights;
  private int count;

  ChainScan(RunList list, int batchRows) {
    this.order = list.order();
    this.inputs = new ChainCursor[list.array().length];
    this.batches = new Batch[inputs.length];
    for (int k = 0; k < inputs.length; k++) {
      inputs[k] = new ChainCursor(list.array()[k], order);
      batches[k] = inputs[k].batch();
    }
    this.sources = new int[batchRows];
    this.rows = new int[batchRows];
    this.weights = new long[batchRows];
  }

  /** Batches have as many rows as was said, fewer at the end and where a stretch ends. */
  void run(BatchSink sink) {
    boolean more = true;
    while (more) {
      int best = best();
      boolean stretchDone = best < 0;
      if (best >= 0) {
        sources[count] = best;
        rows[count] = inputs[best].row;
        weights[count] = takeEqual(best);
        count += weights[count] != 0 ? 1 : 0;
        stretchDone = isStretchDone();
      }
      if (count == rows.length || stretchDone) {
        more = hand(sink) && enterNextStretches();
      }
    }
  }

  private boolean hand(BatchSink sink) {
    if (count == 0) {
      return true;
    }
    Batch piece =
        Gather.rows(order.schema(), batches, sources, rows, Arrays.copyOf(weights, count), count);
    count = 0;
    return sink.accept(piece);
  }

  private boolean isStretchDone() {
    for (ChainCursor input : inputs) {
      if (input.isStretchDone() && !input.isDone()) {
        return true;
      }
    }
    return false;
  }

  /** {@code false} when no input has any row left. */
  private boolean enterNextStretches() {
    boolean more = false;
    for (int k = 0; k < inputs.length; k++) {
      if (inputs[k].isStretchDone() && !inputs[k].isDone()) {
        inputs[k].nextStretch();
        batches[k] = inputs[k].batch();
      }
      more |= !inputs[k].isDone();
    }
    return more;
  }

  private int best() {
    int best = -1;
    for (int k = 0; k < inputs.length; k++) {
      if (!inputs[k].isStretchDone() && (best < 0 || compare(k, best) < 0)) {
        best = k;
      }
    }
    return best;
  }

  private long takeEqual(int best) {
    long weight = inputs[best].weight();
    for (int k = 0; k < inputs.length; k++) {
      if (k != best && !inputs[k].isStretchDone() && compare(k, best) == 0) {
        weight += inputs[k].weight();
        inputs[k].row++;
      }
    }
    inputs[best].row++;
    return weight;
  }

  private int compare(int a, int b) {
    long hashA = inputs[a].hash();
    long hashB = inputs[b].hash();
    return hashA != hashB
        ? Long.compare(hashA, hashB)
        : order.compare(batches[a], inputs[a].row, batches[b], inputs[b].row);
  }
}
