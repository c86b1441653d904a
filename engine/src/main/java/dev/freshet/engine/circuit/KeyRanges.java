package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.engine.arrangement.Probe;
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
    int parts = workers.parts(probe.count());
    if (parts == 1) {
      add(changes, work.apply(probe));
      return;
    }
    List<Probe> ranges = probe.ranges(parts);
    workers
        .map(ranges.size(), part -> work.apply(ranges.get(part)))
        .forEach(change -> add(changes, change));
  }

  private static void add(List<Batch> changes, Batch change) {
    if (!change.isEmpty()) {
      changes.add(change);
    }
  }
}
