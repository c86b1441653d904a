package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import java.util.Arrays;

/**
 * For each position of a probe, where its key's rows lie: consolidated, in the arrangement's order,
 * but not copied.
 *
 * @param sources entry i is row {@code rows[i]} of batch {@code sources[i]}
 * @param weights the entries' weights, which may differ from their rows'
 * @param offsets entries of position i go from {@code offsets[i]} to {@code offsets[i + 1]}
 */
@SuppressWarnings("ArrayRecordComponent") // columnar data is arrays, read-only by contract
record KeyPlaces(Batch[] batches, int[] sources, int[] rows, long[] weights, int[] offsets) {
  int count() {
    return offsets[offsets.length - 1];
  }

  /** Makes an entry the same as one of other places in the same batches. */
  void set(int entry, KeyPlaces other, int otherEntry) {
    sources[entry] = other.sources[otherEntry];
    rows[entry] = other.rows[otherEntry];
    weights[entry] = other.weights[otherEntry];
  }

  /** Copies the rows. */
  KeyGroups groups(RowOrder order) {
    int count = count();
    Batch gathered =
        batches.length == 0
            ? Batch.empty(order.schema())
            : Gather.rows(
                order.schema(), batches, sources, rows, Arrays.copyOf(weights, count), count);
    return new KeyGroups(gathered, offsets);
  }

  static KeyPlaces of(KeyGroups groups) {
    Batch rows = groups.rows();
    int[] each = new int[rows.rowCount()];
    Arrays.setAll(each, row -> row);
    return new KeyPlaces(
        new Batch[] {rows}, new int[each.length], each, rows.weights(), groups.offsets());
  }
}
