package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import java.util.Optional;

/**
 * For each position of a probe a part of its key's rows: those between two bounds of the column
 * that the rows of a key are sorted by. It is NULL in no row. Immutable.
 *
 * @param column the first sort column of the arrangement
 * @param descending whether its greatest value comes first
 * @param from where the part begins, in the arrangement's order; empty for the first row
 * @param to where it ends; empty for the last row
 */
public record KeyRange(int column, boolean descending, Optional<Bound> from, Optional<Bound> to) {

  /**
   * An end of the range.
   *
   * @param rows for each position the row of {@code values} with its bound; -1 for no bound; not to
   *     be written to
   */
  @SuppressWarnings("ArrayRecordComponent") // columnar data is arrays, read-only by contract
  public record Bound(Vector values, int[] rows, Side side) {}

  /** On which side of the rows that equal it a bound lies. */
  public enum Side {
    BEFORE_EQUAL,
    AFTER_EQUAL
  }

  /**
   * Of the hits what lies in the range of each position.
   *
   * @param shift what to add to a hit's position for that of the bounds
   */
  Search.Hits within(Search.Hits found, Search.Sources sources, int shift) {
    Search.Hits within = new Search.Hits();
    for (int h = 0; h < found.count; h++) {
      Batch rows = sources.batch(found.source[h]);
      int position = found.probe[h] + shift;
      int start = found.start[h];
      int end = found.end[h];
      start = from.isEmpty() ? start : place(rows, start, end, from.get(), position, start);
      end = to.isEmpty() ? end : place(rows, start, end, to.get(), position, end);
      if (end > start) {
        within.add(found.probe[h], start, found.source[h], end);
      }
    }
    return within;
  }

  /** The first row behind the bound; {@code otherwise} when the position has no bound. */
  private int place(Batch rows, int start, int end, Bound bound, int position, int otherwise) {
    int row = bound.rows()[position];
    if (row < 0) {
      return otherwise;
    }
    Vector values = rows.column(column);
    int low = start;
    int high = end;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int order = Rows.compare(values, middle, bound.values(), row);
      order = descending ? -order : order;
      if (order < 0 || (order == 0 && bound.side() == Side.AFTER_EQUAL)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
