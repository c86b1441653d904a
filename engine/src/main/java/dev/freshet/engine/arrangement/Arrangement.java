package dev.freshet.engine.arrangement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * State that grows by runs. Small runs are merged at once; larger ones in geometric sizes, by a
 * bounded number of rows a step in proportion to what came in, so that no step pays for a whole
 * merge and the number of runs stays logarithmic (an LSM tree with fuel, as in differential
 * dataflow's spine: McSherry et al., VLDB 2020). One thread owns it.
 */
public final class Arrangement {
  /** Up to this many rows two runs are merged at once: it costs microseconds. */
  private static final int EAGER_ROWS = 512;

  /** A small run is merged at once with one up to this many times larger. */
  private static final int EAGER_RATIO = 8;

  /** How many runs of a size class are merged into one of the next. */
  private static final int FAN_IN = 4;

  /**
   * A class's merge reads FAN_IN runs while FAN_IN new ones come together: one row of fuel for each
   * row added would do, more ends it sooner.
   */
  private static final int FUEL_PER_ROW = 2;

  private static final int FUEL_PER_STEP = 16;

  private final RowOrder order;
  private Run[] runs = {};
  private final List<RunMerge> merges = new ArrayList<>();

  public Arrangement(RowOrder order) {
    this.order = order;
  }

  /** An arrangement with content that was written before. */
  public Arrangement(RunList content) {
    this.order = content.order();
    this.runs = content.array().clone();
  }

  public RowOrder order() {
    return order;
  }

  /** The content now; what is added later does not change it. */
  public RunList content() {
    return new RunList(order, runs);
  }

  /** Adds a run, and pays for merging with work in proportion to its size. */
  public void add(Run run) {
    if (run.isEmpty()) {
      return;
    }
    Run added = run;
    int kept = runs.length;
    while (kept > 0 && isEager(runs[kept - 1], added)) {
      added = RunMerge.merge(order, List.of(runs[kept - 1], added));
      kept--;
    }
    int addedCount = added.isEmpty() ? 0 : 1;
    Run[] grown = Arrays.copyOf(runs, kept + addedCount);
    if (addedCount == 1) {
      grown[kept] = added;
    }
    runs = grown;
    if (runs.length >= FAN_IN) {
      startMerges();
    }
    advanceMerges(FUEL_PER_STEP + FUEL_PER_ROW * (long) run.rowCount());
  }

  private boolean isEager(Run older, Run added) {
    return older.rowCount() + added.rowCount() <= EAGER_ROWS
        && older.rowCount() <= (long) EAGER_RATIO * added.rowCount()
        && !isMerging(older);
  }

  private static int sizeClass(Run run) {
    int sizeClass = 0;
    for (int rest = run.rowCount() / EAGER_ROWS; rest > 0; rest /= FAN_IN) {
      sizeClass++;
    }
    return sizeClass;
  }

  /** Merges the runs of a size class once there are enough of them. */
  private void startMerges() {
    List<List<Run>> classes = new ArrayList<>();
    for (Run run : runs) {
      if (!isMerging(run)) {
        int sizeClass = sizeClass(run);
        while (classes.size() <= sizeClass) {
          classes.add(new ArrayList<>());
        }
        classes.get(sizeClass).add(run);
      }
    }
    for (List<Run> sameClass : classes) {
      if (sameClass.size() >= FAN_IN) {
        int inputs = Math.min(sameClass.size(), RunMerge.MAX_INPUTS);
        merges.add(new RunMerge(order, sameClass.subList(0, inputs)));
      }
    }
  }

  private boolean isMerging(Run run) {
    for (RunMerge merge : merges) {
      if (merge.reads(run)) {
        return true;
      }
    }
    return false;
  }

  private void advanceMerges(long fuel) {
    boolean finished = false;
    for (int i = merges.size() - 1; i >= 0; i--) {
      RunMerge merge = merges.get(i);
      merge.advance((int) Math.min(fuel, Integer.MAX_VALUE));
      if (merge.isDone()) {
        replace(merge);
        merges.remove(i);
        finished = true;
      }
    }
    if (finished) {
      startMerges();
    }
  }

  private void replace(RunMerge merge) {
    Run result = merge.result();
    List<Run> next = new ArrayList<>(runs.length);
    boolean placed = result.isEmpty();
    for (Run run : runs) {
      if (!merge.reads(run)) {
        next.add(run);
      } else if (!placed) {
        next.add(result);
        placed = true;
      }
    }
    runs = next.toArray(Run[]::new);
  }
}
