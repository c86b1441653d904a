package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Hashing;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.error.Check;
import java.util.Arrays;
import java.util.Optional;

/**
 * The first rows of each key, and the rest beside, from which others move up when first ones are
 * deleted.
 *
 * <pre>
 *   rows of a key   a b c | d e f g     limit 3
 *                   first   rest
 * </pre>
 *
 * Only the first rows are kept in order. The rest is put away as it comes, unsorted: it is sorted
 * once rows are needed from it, so rows that are only ever inserted cost no more than to be copied.
 * Where no row is ever deleted, the rest is dropped. A key whose first rows do not reach the limit
 * has no rest. One thread owns it.
 */
public final class FirstRows {
  private final RowOrder order;
  private final long limit;
  private final Arrangement first;
  private final Optional<Arrangement> rest;

  /** What becomes of the rows that are not among the first ones. */
  public enum Rest {
    KEPT,
    /** No row is ever deleted, so none ever moves up. */
    DROPPED
  }

  /**
   * @param limit weight of a key's first rows
   */
  public FirstRows(RowOrder order, long limit, Rest rest) {
    this(
        limit,
        new Arrangement(order),
        rest == Rest.KEPT ? Optional.of(new Arrangement(order)) : Optional.empty());
  }

  private FirstRows(long limit, Arrangement first, Optional<Arrangement> rest) {
    this.order = first.order();
    this.limit = limit;
    this.first = first;
    this.rest = rest;
  }

  /** As it was when its content was read. */
  public static FirstRows of(long limit, RunList first, Optional<RunList> rest) {
    return new FirstRows(limit, new Arrangement(first), rest.map(Arrangement::new));
  }

  /** The first rows of each key. */
  public RunList first() {
    return first.content();
  }

  /** All other rows, if they are kept. */
  public Optional<RunList> rest() {
    return rest.map(Arrangement::content);
  }

  /** Takes a change of the rows. Gives that of the first rows. */
  public Run add(Batch change) {
    Leading leading = leading(change);
    FirstRowsMerge merge = new FirstRowsMerge(first.content(), limit, leading.rows());
    merge.run();
    if (rest.isPresent()) {
      Chain restChange = Chain.ofChange(order, merge.restChange(change, leading.others()));
      rest.get().add(restChange);
      merge.refill(rest.get());
    }
    Run changed = merge.firstChange();
    first.add(changed);
    return changed;
  }

  /**
   * A change in two parts.
   *
   * @param rows those that may be among the first, in order
   * @param others numbers of rows that cannot: enough of the change alone come before them
   */
  @SuppressWarnings("ArrayRecordComponent") // read by its maker alone
  private record Leading(Run rows, int[] others) {}

  private Leading leading(Batch change) {
    int count = change.rowCount();
    long[] weights = change.weights();
    long least = 0;
    for (int i = 0; i < count; i++) {
      least = Math.min(least, weights[i]);
    }
    if (least < 0) {
      Check.that(rest.isPresent(), "nothing is deleted where no rest is kept");
      return new Leading(Run.of(order, change), new int[0]);
    }
    long[] hashes = Hashing.hashRows(change, order.key());
    int[] sorted = Sorting.byOrder(hashes, change, order);
    int[] leaders = new int[count];
    int[] others = new int[count];
    int leaderCount = 0;
    int otherCount = 0;
    long before = 0;
    for (int i = 0; i < count; i++) {
      int row = sorted[i];
      before = i > 0 && isSameKey(change, hashes, sorted[i - 1], row) ? before : 0;
      if (before < limit) {
        leaders[leaderCount++] = row;
      } else {
        others[otherCount++] = row;
      }
      before += weights[row];
    }
    Run rows = Run.ofSorted(order, change, hashes, Arrays.copyOf(leaders, leaderCount));
    return new Leading(rows, Arrays.copyOf(others, otherCount));
  }

  private boolean isSameKey(Batch rows, long[] hashes, int a, int b) {
    return hashes[a] == hashes[b] && Rows.compare(rows, a, order.key(), rows, b, order.key()) == 0;
  }
}
