package dev.freshet.bench.capture;

import dev.freshet.bench.harness.ChildJvm;
import dev.freshet.bench.harness.TextTable;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What one side needed to read the rows, round by round. One thread owns it. */
final class Side {
  private final String title;
  private final List<Run> runs = new ArrayList<>();

  /**
   * @param rows from the end of the warm-up to the last
   */
  record Run(double rows, double seconds, double cpuSeconds, double peakMb) {
    double perSecond() {
      return rows / seconds;
    }

    double cpuSecondsAMillion() {
      return cpuSeconds / rows * 1e6;
    }
  }

  Side(String title) {
    this.title = title;
  }

  /**
   * @throws FreshetException when it did not read just these rows
   */
  void add(ChildJvm.Outcome outcome, long rows, long idSum) {
    if (outcome.figure("all_rows") != rows || outcome.figure("id_sum") != idSum) {
      throw new FreshetException(
          ErrorCode.INVARIANT_BROKEN,
          String.format(
              Locale.ROOT,
              "Failed to measure: %s read %.0f rows with ids of %.0f in sum; there are %d of %d",
              title,
              outcome.figure("all_rows"),
              outcome.figure("id_sum"),
              rows,
              idSum));
    }
    if (outcome.figure("rows") <= 0) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Failed to measure: all rows came to " + title + " with the warm-up. Give more --rows.");
    }
    add(
        new Run(
            outcome.figure("rows"),
            outcome.figure("seconds"),
            outcome.figure("cpu_seconds"),
            outcome.figure("peak_mb")));
  }

  void add(Run run) {
    runs.add(run);
    System.out.printf(
        Locale.ROOT,
        "%s: %,.0f rows/s, %.2f CPU seconds a million rows%n",
        title,
        run.perSecond(),
        run.cpuSecondsAMillion());
  }

  boolean isEmpty() {
    return runs.isEmpty();
  }

  /** The run with the middle rate. */
  Run median() {
    List<Run> sorted = new ArrayList<>(runs);
    sorted.sort(Comparator.comparingDouble(Run::perSecond));
    return sorted.get(sorted.size() / 2);
  }

  /** The one of the two whose median is higher. */
  Side faster(Side other) {
    return other.median().perSecond() > median().perSecond() ? other : this;
  }

  void row(TextTable table, Side limit) {
    Run run = median();
    table.row(
        title,
        TextTable.number(run.perSecond()),
        String.format(Locale.ROOT, "%.2f", run.cpuSecondsAMillion()),
        TextTable.number(run.peakMb()),
        String.format(Locale.ROOT, "%.0f %%", 100 * run.perSecond() / limit.median().perSecond()));
  }

  static TextTable table() {
    return new TextTable("median", "rows/s", "CPU s a million rows", "peak MB", "of the limit");
  }
}
