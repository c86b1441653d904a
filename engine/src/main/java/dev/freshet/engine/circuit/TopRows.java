package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.sql.plan.Plan;
import java.util.Arrays;

/** The rows at certain ranks of one batch, once, by a bounded heap instead of a whole sort. */
final class TopRows {
  private final Batch rows;
  private final RowOrder order;
  private final int[] heap;
  private int size;

  private TopRows(Batch rows, RowOrder order, int capacity) {
    this.rows = rows;
    this.order = order;
    this.heap = new int[capacity];
  }

  /**
   * The rows that a TopN without partition puts out, in its order.
   *
   * @param rows consolidated, with positive weights
   */
  static Batch of(Batch rows, Plan.TopN top) {
    RowOrder order = TopNNode.order(rows.schema(), top.partitionColumns(), top.order());
    long end = TopNNode.end(top.offset(), top.limit());
    Batch sorted =
        end < rows.rowCount() / 4
            ? new TopRows(rows, order, (int) end).firstRows()
            : Run.of(order, rows).rows();
    return window(sorted, top.offset(), end);
  }

  private Batch firstRows() {
    for (int row = 0; row < rows.rowCount() && heap.length > 0; row++) {
      if (size < heap.length) {
        heap[size++] = row;
        siftUp();
      } else if (compare(row, heap[0]) < 0) {
        heap[0] = row;
        siftDown();
      }
    }
    int[] ordered = new int[size];
    for (int i = size - 1; i >= 0; i--) {
      ordered[i] = heap[0];
      heap[0] = heap[--size];
      siftDown();
    }
    return Rows.gather(rows, ordered, ordered.length);
  }

  private int compare(int a, int b) {
    return order.compareRows(rows, a, rows, b);
  }

  /** The last row of the wanted ones is at the top of the heap. */
  private void siftUp() {
    int at = size - 1;
    while (at > 0 && compare(heap[at], heap[(at - 1) / 2]) > 0) {
      swap(at, (at - 1) / 2);
      at = (at - 1) / 2;
    }
  }

  private void siftDown() {
    int at = 0;
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && compare(heap[child + 1], heap[child]) > 0) {
        child++;
      }
      if (compare(heap[child], heap[at]) <= 0) {
        return;
      }
      swap(at, child);
      at = child;
    }
  }

  private void swap(int a, int b) {
    int row = heap[a];
    heap[a] = heap[b];
    heap[b] = row;
  }

  private static Batch window(Batch sorted, long offset, long end) {
    int[] kept = new int[sorted.rowCount()];
    long[] weights = new long[sorted.rowCount()];
    int count = 0;
    long rank = 0;
    for (int row = 0; row < sorted.rowCount() && rank < end; row++) {
      long next = rank + sorted.weight(row);
      long inside = Math.min(next, end) - Math.max(rank, offset);
      if (inside > 0) {
        kept[count] = row;
        weights[count++] = inside;
      }
      rank = next;
    }
    return Rows.gather(sorted, kept, count).withWeights(Arrays.copyOf(weights, count));
  }
}
