package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;

/**
 * For each of some keys a part of its rows, in order, and what comes before it.
 *
 * <pre>
 *   rows of a key     a b c d e f g h i j
 *   changed                   x   y
 *   part                  '-----------'      with one row near on each side
 *   before            '---'
 * </pre>
 *
 * Immutable.
 */
public final class Surroundings {
  private final Search.Sources sources;
  private final Search.Hits[] earlier;
  private final KeyPlaces near;
  private final KeyGroups rows;

  /** Takes a row that comes before the part of a key, so many times. */
  public interface Sink {
    void accept(int position, Batch rows, int row, long weight);
  }

  /**
   * @param near the last of the earlier rows, which belong to the part, the very last one first
   */
  Surroundings(
      RowOrder order,
      Search.Sources sources,
      Search.Hits[] earlier,
      KeyPlaces near,
      KeyPlaces middle,
      KeyPlaces after) {
    this.sources = sources;
    this.earlier = earlier;
    this.near = near;
    this.rows = joined(near, middle, after).groups(order);
  }

  private static KeyPlaces joined(KeyPlaces near, KeyPlaces middle, KeyPlaces after) {
    int positions = middle.offsets().length - 1;
    int size = near.count() + middle.count() + after.count();
    int[] offsets = new int[positions + 1];
    int[] sources = new int[size];
    int[] rows = new int[size];
    long[] weights = new long[size];
    KeyPlaces joined = new KeyPlaces(middle.batches(), sources, rows, weights, offsets);
    int at = 0;
    for (int p = 0; p < positions; p++) {
      for (int i = near.offsets()[p + 1] - 1; i >= near.offsets()[p]; i--) {
        joined.set(at++, near, i);
      }
      for (int i = middle.offsets()[p]; i < middle.offsets()[p + 1]; i++) {
        joined.set(at++, middle, i);
      }
      for (int i = after.offsets()[p]; i < after.offsets()[p + 1]; i++) {
        joined.set(at++, after, i);
      }
      offsets[p + 1] = at;
    }
    return joined;
  }

  /** The part of each key, consolidated. */
  public KeyGroups rows() {
    return rows;
  }

  /**
   * Gives what comes before the parts, as it is stored: rows that cancel each other may both come.
   */
  public void before(Sink sink) {
    for (Search.Hits hits : earlier) {
      for (int h = 0; h < hits.count; h++) {
        Batch batch = sources.batch(hits.source[h]);
        for (int row = hits.start[h]; row < hits.end[h]; row++) {
          sink.accept(hits.probe[h], batch, row, batch.weight(row));
        }
      }
    }
    for (int p = 0; p + 1 < near.offsets().length; p++) {
      for (int i = near.offsets()[p]; i < near.offsets()[p + 1]; i++) {
        sink.accept(p, near.batches()[near.sources()[i]], near.rows()[i], -near.weights()[i]);
      }
    }
  }

  /** The weight of what comes before the part of each key. */
  public long[] weightsBefore() {
    long[] sums = new long[near.offsets().length - 1];
    for (Search.Hits hits : earlier) {
      for (int h = 0; h < hits.count; h++) {
        long[] weights = sources.batch(hits.source[h]).weights();
        long sum = 0;
        for (int row = hits.start[h]; row < hits.end[h]; row++) {
          sum += weights[row];
        }
        sums[hits.probe[h]] += sum;
      }
    }
    for (int p = 0; p < sums.length; p++) {
      for (int i = near.offsets()[p]; i < near.offsets()[p + 1]; i++) {
        sums[p] -= near.weights()[i];
      }
    }
    return sums;
  }
}
