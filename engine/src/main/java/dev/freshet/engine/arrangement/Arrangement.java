package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * State that grows by chains of sorted rows. Small ones are merged at once; larger ones in
 * geometric sizes, by a bounded number of rows a step in proportion to what came in, so that no
 * step pays for a whole merge and the number of chains stays logarithmic (an LSM tree with fuel, as
 * in differential dataflow's spine: McSherry et al., VLDB 2020). One thread owns it.
 */
public final class Arrangement {
  /** Up to this many rows two chains are merged at once: it costs microseconds. */
  private static final int EAGER_ROWS = 512;

  /** A small chain is merged at once with one up to this many times larger. */
  private static final int EAGER_RATIO = 8;

  /** How many chains of a size class are merged into one of the next. */
  private static final int FAN_IN = 4;

  /**
   * A class's merge reads FAN_IN chains while FAN_IN new ones come together: one row of fuel for
   * each row added would do, more ends it sooner.
   */
  private static final int FUEL_PER_ROW = 2;

  /** Larger unsorted chains are left as they are: their number is no burden before one is read. */
  private static final int UNSORTED_ROWS_MAX = 1 << 14;

  private static final int FUEL_PER_STEP = 16;

  /** More stored rows than this for each one that is there are merged, whatever their sizes. */
  private static final int BLOAT_RATIO = 3;

  /** Fewer stored rows are no burden. */
  private static final int BLOAT_ROWS_MIN = 4096;

  private final RowOrder order;
  private Chain[] chains = {};
  private final List<ChainMerge> merges = new ArrayList<>();

  /** The one of the merges that is to make less of rows that cancel each other. */
  private @Nullable ChainMerge shrinking;

  /** What the last such merge left: rows that do not cancel each other, or had no order. */
  private long shrunkRows;

  /**
   * Whether nothing was added yet to content that was written before. The first change comes with a
   * start, when someone waits for its end; merges can go on with the second.
   */
  private boolean isRestored;

  public Arrangement(RowOrder order) {
    this.order = order;
  }

  /** An arrangement with content that was written before. */
  public Arrangement(RunList content) {
    this.order = content.order();
    this.chains = content.array().clone();
    this.isRestored = true;
  }

  public RowOrder order() {
    return order;
  }

  /** The content now; what is added later does not change it. */
  public RunList content() {
    return new RunList(order, chains);
  }

  /** Adds a run, and pays for merging with work in proportion to its size. */
  public void add(Run run) {
    add(Chain.of(run));
  }

  /** Adds a change, and pays for merging with work in proportion to its size. */
  public void add(Chain change) {
    if (change.rowCount() == 0) {
      return;
    }
    long rows = change.rowCount();
    Chain added = change;
    int kept = chains.length;
    if (change.isSorted()) {
      while (kept > 0 && isEager(chains[kept - 1], added)) {
        added = ChainMerge.merge(order, List.of(chains[kept - 1], added));
        kept--;
      }
    } else {
      kept = firstToJoin();
      added = joined(kept, change);
    }
    int addedCount = added.rowCount() == 0 ? 0 : 1;
    Chain[] grown = Arrays.copyOf(chains, kept + addedCount);
    if (addedCount == 1) {
      grown[kept] = added;
    }
    chains = grown;
    if (chains.length >= FAN_IN) {
      startMerges();
      startShrinking();
    }
    if (!isRestored) {
      advanceMerges(FUEL_PER_STEP + FUEL_PER_ROW * rows);
    }
    isRestored = false;
  }

  /**
   * The first of the unsorted chains at the end that are put together with a new one: as many of
   * one size as make up one of the next.
   */
  private int firstToJoin() {
    int end = chains.length;
    int first = end - (FAN_IN - 1);
    if (first < 0) {
      return end;
    }
    for (int i = first; i < end; i++) {
      Chain chain = chains[i];
      boolean joins =
          !chain.isSorted()
              && chain.spilledBytes() == 0
              && chain.rowCount() < UNSORTED_ROWS_MAX
              && sizeClass(chain) == sizeClass(chains[end - 1]);
      if (!joins) {
        return end;
      }
    }
    return first;
  }

  private Chain joined(int from, Chain last) {
    if (from == chains.length) {
      return last;
    }
    List<Batch> parts = new ArrayList<>();
    for (int i = from; i < chains.length; i++) {
      // A reader may have sorted one in the meantime: then these are its rows too.
      chains[i].stored(rows -> parts.add(rows));
    }
    last.stored(rows -> parts.add(rows));
    return Chain.unsorted(order, Rows.concat(order.schema(), parts));
  }

  private boolean isEager(Chain older, Chain added) {
    return older.isSorted()
        && older.rowCount() + added.rowCount() <= EAGER_ROWS
        && older.rowCount() <= EAGER_RATIO * added.rowCount()
        && !isMerging(older);
  }

  private static int sizeClass(Chain chain) {
    int sizeClass = 0;
    for (long rest = chain.rowCount() / EAGER_ROWS; rest > 0; rest /= FAN_IN) {
      sizeClass++;
    }
    return sizeClass;
  }

  /** Merges the chains of a size class once there are enough of them. */
  private void startMerges() {
    List<List<Chain>> classes = new ArrayList<>();
    for (Chain chain : chains) {
      if (chain.isSorted() && !isMerging(chain)) {
        int sizeClass = sizeClass(chain);
        while (classes.size() <= sizeClass) {
          classes.add(new ArrayList<>());
        }
        classes.get(sizeClass).add(chain);
      }
    }
    for (List<Chain> sameClass : classes) {
      if (sameClass.size() >= FAN_IN) {
        int inputs = Math.min(sameClass.size(), ChainMerge.MAX_INPUTS);
        merges.add(new ChainMerge(order, sameClass.subList(0, inputs)));
      }
    }
  }

  /**
   * Rows that come and go in a small content leave many stored ones that cancel each other, before
   * there are enough chains of the content's own size for a merge. Not again before as many have
   * come as the last one left, so that a row is read a bounded number of times.
   */
  private void startShrinking() {
    if (shrinking != null) {
      return;
    }
    RunList content = content();
    long stored = content.storedRows();
    if (stored < BLOAT_ROWS_MIN
        || stored < 2 * shrunkRows
        || stored < BLOAT_RATIO * Math.abs(content.weight())) {
      return;
    }
    List<Chain> free = new ArrayList<>();
    for (Chain chain : chains) {
      if (chain.isSorted() && !isMerging(chain) && free.size() < ChainMerge.MAX_INPUTS) {
        free.add(chain);
      }
    }
    if (free.size() > 1) {
      ChainMerge merge = new ChainMerge(order, free);
      merges.add(merge);
      shrinking = merge;
    }
  }

  private long unsortedRows() {
    long rows = 0;
    for (Chain chain : chains) {
      rows += chain.isSorted() ? 0 : chain.rowCount();
    }
    return rows;
  }

  private boolean isMerging(Chain chain) {
    for (ChainMerge merge : merges) {
      if (merge.reads(chain)) {
        return true;
      }
    }
    return false;
  }

  private void advanceMerges(long fuel) {
    boolean finished = false;
    for (int i = merges.size() - 1; i >= 0; i--) {
      ChainMerge merge = merges.get(i);
      merge.advance(fuel);
      if (merge.isDone()) {
        replace(merge);
        merges.remove(i);
        if (merge.equals(shrinking)) {
          shrinking = null;
          shrunkRows = merge.result().rowCount() + unsortedRows();
        }
        finished = true;
      }
    }
    if (finished) {
      startMerges();
    }
  }

  private void replace(ChainMerge merge) {
    Chain result = merge.result();
    List<Chain> next = new ArrayList<>(chains.length);
    boolean placed = result.rowCount() == 0;
    for (Chain chain : chains) {
      if (!merge.reads(chain)) {
        next.add(chain);
      } else if (!placed) {
        next.add(result);
        placed = true;
      }
    }
    chains = next.toArray(Chain[]::new);
  }
}
