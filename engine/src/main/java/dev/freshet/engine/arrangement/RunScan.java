package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import java.util.Arrays;

/** Reads all rows of several runs in order, consolidated, in batches. One thread owns it. */
final class RunScan {
  private final RowOrder order;
  private final Run[] runs;
  private final int[] next;
  private final int batchRows;

  RunScan(RunList list, int batchRows) {
    this.order = list.order();
    this.runs = list.array();
    this.next = new int[runs.length];
    this.batchRows = batchRows;
  }

  void run(BatchSink sink) {
    int[] sources = new int[batchRows];
    int[] rows = new int[batchRows];
    long[] weights = new long[batchRows];
    Batch[] batches = RunList.of(order, java.util.List.of(runs)).batches();
    int count = 0;
    while (true) {
      int best = best();
      if (best >= 0) {
        sources[count] = best;
        rows[count] = next[best];
        weights[count] = takeEqual(best);
        count += weights[count] != 0 ? 1 : 0;
      }
      if (count == batchRows || (best < 0 && count > 0)) {
        Batch piece =
            Gather.rows(
                order.schema(), batches, sources, rows, Arrays.copyOf(weights, count), count);
        if (!sink.accept(piece)) {
          return;
        }
        count = 0;
      }
      if (best < 0) {
        return;
      }
    }
  }

  private int best() {
    int best = -1;
    for (int r = 0; r < runs.length; r++) {
      if (next[r] < runs[r].rowCount() && (best < 0 || compare(r, next[r], best, next[best]) < 0)) {
        best = r;
      }
    }
    return best;
  }

  private long takeEqual(int best) {
    int row = next[best];
    long weight = 0;
    for (int r = 0; r < runs.length; r++) {
      if (r == best || (next[r] < runs[r].rowCount() && compare(r, next[r], best, row) == 0)) {
        weight += runs[r].rows().weight(next[r]);
        next[r]++;
      }
    }
    return weight;
  }

  private int compare(int runA, int rowA, int runB, int rowB) {
    long hashA = runs[runA].hashes()[rowA];
    long hashB = runs[runB].hashes()[rowB];
    return hashA != hashB
        ? Long.compare(hashA, hashB)
        : order.compare(runs[runA].rows(), rowA, runs[runB].rows(), rowB);
  }
}
