package dev.freshet.bench.pipeline;

import dev.freshet.core.error.Check;
import dev.freshet.demo.shop.ShopWorkload.Commit;
import java.util.List;
import java.util.stream.LongStream;

/**
 * From commit to visible: for each commit the time from its acknowledgement until a reader has its
 * newest order. The commits' orders ascend, and so do the orders seen.
 */
final class Latencies {
  private final long[] sortedNanos;

  private Latencies(long[] sortedNanos) {
    this.sortedNanos = sortedNanos;
  }

  /**
   * @param fromNanos commits before this moment do not count
   */
  static Latencies of(List<Commit> commits, List<VisibleOrders.Seen> seen, long fromNanos) {
    long[] nanos = new long[commits.size()];
    int count = 0;
    int next = 0;
    for (Commit commit : commits) {
      while (next < seen.size() && seen.get(next).order() < commit.lastPlacedOrderId()) {
        next++;
      }
      Check.that(next < seen.size(), "every commit is seen before the latencies are taken");
      if (commit.committedAtNanos() >= fromNanos) {
        // A reader may have it before the writer has its acknowledgement.
        nanos[count++] = Math.max(0, seen.get(next).nanos() - commit.committedAtNanos());
      }
    }
    return new Latencies(LongStream.of(nanos).limit(count).sorted().toArray());
  }

  int count() {
    return sortedNanos.length;
  }

  /** The nearest-rank percentile in milliseconds. */
  double millisAt(double percent) {
    Check.that(sortedNanos.length > 0, "there are latencies");
    int rank = (int) Math.ceil(percent / 100 * sortedNanos.length);
    return sortedNanos[Math.max(0, rank - 1)] / 1e6;
  }
}
