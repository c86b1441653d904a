package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.engine.arrangement.Probe;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.workers.Workers;
import java.util.List;
import java.util.function.Function;

/**
 * Shares an operator's work among workers by ranges of the keys that changed:
 *
 * <pre>
 *   probe      k1 k2 k3 | k4 k5 | k6 k7 k8     in the order of the keys' hashes, cut between two of them
 *   workers       A     |   B   |    A         each reads the same immutable content
 *   change     ........ | ..... | ........     put together in this order
 * </pre>
 *
 * So the change is the same rows in the same order for any number of workers, as long as the work
 * gives its rows in the order of the probe's positions.
 */
final class KeyRanges {
  /** What work that reads a part of a key's rows, or all of them, reads about. */
  static final int ROWS_OF_KEY = 16;

  private KeyRanges() {}

  /**
   * Adds what the work gives for the probe's ranges, where that is any rows; for a small probe it
   * is one range.
   *
   * @param work on several threads at once; it reads content that does not change, and changes
   *     nothing but an operator's failures
   */
  static void addEach(
      List<Batch> changes, Workers workers, Probe probe, Function<Probe, Batch> work) {
    addEach(changes, workers, probe, 1, work);
  }

  /**
   * As {@link #addEach(List, Workers, Probe, Function)}.
   *
   * @param rowsOfKey about how many rows the work reads for each key
   */
  static void addEach(
      List<Batch> changes,
      Workers workers,
      Probe probe,
      int rowsOfKey,
      Function<Probe, Batch> work) {
    int parts = workers.parts((int) Math.min(Integer.MAX_VALUE, (long) rowsOfKey * probe.count()));
    if (parts == 1) {
      add(changes, work.apply(probe));
      return;
    }
    List<Probe> ranges = probe.ranges(parts);
    workers
        .map(ranges.size(), part -> work.apply(ranges.get(part)))
        .forEach(change -> add(changes, change));
  }

  /** The weights of each of the probe's keys in the content. */
  static long[] weights(Workers workers, RunList content, Probe probe) {
    int parts = workers.parts(probe.count());
    if (parts == 1) {
      return content.sums(probe).weights();
    }
    List<Probe> ranges = probe.ranges(parts);
    long[] weights = new long[probe.count()];
    int at = 0;
    for (long[] part : workers.map(ranges.size(), i -> content.sums(ranges.get(i)).weights())) {
      System.arraycopy(part, 0, weights, at, part.length);
      at += part.length;
    }
    return weights;
  }

  private static void add(List<Batch> changes, Batch change) {
    if (!change.isEmpty()) {
      changes.add(change);
    }
  }
}
