package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import java.util.Arrays;
import java.util.List;

/**
 * One change of {@link FirstRows}: walks through each changed key's first rows and changed rows
 * side by side. Rows are named by place and copied once it is known where they go. One thread owns
 * it.
 */
final class FirstRowsMerge {
  private final RowOrder order;
  private final long limit;
  private final Run change;
  private final Probe keys;
  private final KeyPlaces old;
  private final int changeSource;

  /** What goes to the first rows, and to the rest. */
  private final Entries firsts;

  private final Entries others;
  private int[] gaps = new int[8];
  private long[] missing = new long[8];
  private int gapCount;
  private Run refilled;

  /** Rows by place, with the hashes of their keys. */
  private static final class Entries {
    private int[] sources;
    private int[] rows;
    private long[] weights;
    private long[] hashes;
    private int count;

    Entries(int capacity) {
      sources = new int[capacity];
      rows = new int[capacity];
      weights = new long[capacity];
      hashes = new long[capacity];
    }

    void add(int source, int row, long weight, long hash) {
      if (count == rows.length) {
        sources = Arrays.copyOf(sources, count * 2);
        rows = Arrays.copyOf(rows, count * 2);
        weights = Arrays.copyOf(weights, count * 2);
        hashes = Arrays.copyOf(hashes, count * 2);
      }
      sources[count] = source;
      rows[count] = row;
      weights[count] = weight;
      hashes[count++] = hash;
    }

    Batch gather(RowOrder order, Batch[] batches) {
      return Gather.rows(
          order.schema(), batches, sources, rows, Arrays.copyOf(weights, count), count);
    }
  }

  /**
   * @param first the first rows before the change
   * @param change the part of the change that may concern them
   */
  FirstRowsMerge(RunList first, long limit, Run change) {
    this.order = first.order();
    this.limit = limit;
    this.change = change;
    this.keys = Probe.of(change, order.key()).distinct();
    this.old = first.places(keys);
    this.changeSource = old.batches().length;
    this.firsts = new Entries(Math.max(8, change.rowCount()));
    this.others = new Entries(Math.max(8, change.rowCount()));
    this.refilled = Run.empty(order);
  }

  void run() {
    for (int position = 0; position < keys.count(); position++) {
      int end = position + 1 < keys.count() ? keys.row(position + 1) : change.rowCount();
      merge(position, keys.row(position), end);
    }
  }

  private void merge(int position, int from, int end) {
    int at = old.offsets()[position];
    int oldEnd = old.offsets()[position + 1];
    boolean mayHaveRest = weight(at, oldEnd) >= limit;
    int to = mayHaveRest ? withoutLater(from, end, oldEnd - 1) : end;
    if (from == to) {
      return;
    }
    long hash = change.hashes()[from];
    int next = from;
    long taken = 0;
    while (at < oldEnd || next < to) {
      int comparison = at == oldEnd ? 1 : next == to ? -1 : compare(at, next);
      long before = comparison <= 0 ? old.weights()[at] : 0;
      long all = before + (comparison >= 0 ? change.rows().weight(next) : 0);
      long now = Math.clamp(all, 0, limit - taken);
      int source = comparison >= 0 ? changeSource : old.sources()[at];
      int row = comparison >= 0 ? next : old.rows()[at];
      put(firsts, source, row, now - before, hash);
      put(others, source, row, all - now, hash);
      taken += now;
      at += comparison <= 0 ? 1 : 0;
      next += comparison >= 0 ? 1 : 0;
    }
    if (mayHaveRest && taken < limit) {
      addGap(position, limit - taken);
    }
  }

  private long weight(int from, int to) {
    long weight = 0;
    for (int i = from; i < to; i++) {
      weight += old.weights()[i];
    }
    return weight;
  }

  /**
   * Leaves out changed rows that come after the last of the first rows: those are the rest's. Gives
   * the end of what remains.
   */
  private int withoutLater(int from, int end, int last) {
    int to = end;
    while (to > from && compare(last, to - 1) < 0) {
      to--;
      put(others, changeSource, to, change.rows().weight(to), change.hashes()[to]);
    }
    return to;
  }

  private int compare(int at, int changed) {
    Batch rows = old.batches()[old.sources()[at]];
    return order.compareWithinKey(rows, old.rows()[at], change.rows(), changed);
  }

  private static void put(Entries entries, int source, int row, long weight, long hash) {
    if (weight != 0) {
      entries.add(source, row, weight, hash);
    }
  }

  private void addGap(int position, long weight) {
    if (gapCount == gaps.length) {
      gaps = Arrays.copyOf(gaps, gapCount * 2);
      missing = Arrays.copyOf(missing, gapCount * 2);
    }
    gaps[gapCount] = position;
    missing[gapCount++] = weight;
  }

  /**
   * The change of the rest, before it is asked for what is missing.
   *
   * @param whole the change as it came
   * @param rows numbers of its rows that are the rest's at once
   */
  Batch restChange(Batch whole, int[] rows) {
    for (int row : rows) {
      others.add(changeSource + 1, row, whole.weight(row), 0);
    }
    return others.gather(order, batches(whole));
  }

  private Batch[] batches(Batch... more) {
    Batch[] batches = Arrays.copyOf(old.batches(), changeSource + 1 + more.length);
    batches[changeSource] = change.rows();
    System.arraycopy(more, 0, batches, changeSource + 1, more.length);
    return batches;
  }

  /** Moves rows up from the rest where first rows are missing. */
  void refill(Arrangement rest) {
    if (gapCount == 0) {
      return;
    }
    boolean[] wanted = new boolean[keys.count()];
    long most = 0;
    for (int g = 0; g < gapCount; g++) {
      wanted[gaps[g]] = true;
      most = Math.max(most, missing[g]);
    }
    KeyGroups found = rest.content().groups(keys.where(wanted), most, GroupReader.From.FIRST);
    int[] rows = new int[found.rows().rowCount()];
    long[] weights = new long[rows.length];
    int count = 0;
    for (int g = 0; g < gapCount; g++) {
      long lacking = missing[g];
      for (int row = found.offsets()[g]; row < found.offsets()[g + 1] && lacking > 0; row++) {
        rows[count] = row;
        weights[count] = Math.clamp(found.rows().weight(row), 0, lacking);
        lacking -= weights[count++];
      }
    }
    long[] negated = new long[count];
    for (int i = 0; i < count; i++) {
      negated[i] = -weights[i];
    }
    Batch moved = Rows.gather(found.rows(), rows, count);
    refilled = Run.of(order, moved.withWeights(Arrays.copyOf(weights, count)));
    rest.add(Run.of(order, moved.withWeights(negated)));
  }

  /** The change of the first rows. */
  Run firstChange() {
    Run changed =
        Run.ofSorted(firsts.gather(order, batches()), Arrays.copyOf(firsts.hashes, firsts.count));
    return refilled.isEmpty()
        ? changed
        : Run.of(order, Rows.concat(order.schema(), List.of(changed.rows(), refilled.rows())));
  }
}
