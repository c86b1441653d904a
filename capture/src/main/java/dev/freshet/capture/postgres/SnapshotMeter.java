package dev.freshet.capture.postgres;

import dev.freshet.capture.SourceStatus.SnapshotProgress;
import dev.freshet.core.port.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How far a snapshot is, and how long the rest will take. Safe for all threads. */
final class SnapshotMeter {
  /** Before that a rate says nothing. */
  private static final long RATE_AFTER_NANOS = 1_000_000_000L;

  private static final class Table {
    final TablePages pages;
    int slicesLeft;
    long rows;
    long slicedRows;
    long slicedPages;

    Table(TablePages pages) {
      this.pages = pages;
    }

    /** What was read so far tells how many rows a page has; before that the planner does. */
    long estimate() {
      if (slicesLeft == 0) {
        return rows;
      }
      long all =
          slicedPages > 0
              ? Math.round((double) slicedRows / slicedPages * pages.pages())
              : pages.rowEstimate();
      return Math.max(rows, all);
    }
  }

  private final Clock clock;
  private final long startNanos;
  private final Map<Integer, Table> tables = new LinkedHashMap<>(); // guarded by this

  SnapshotMeter(Clock clock, List<Slice> slices) {
    this.clock = clock;
    this.startNanos = clock.nanos();
    for (Slice slice : slices) {
      tables.computeIfAbsent(slice.relation(), _ -> new Table(slice.part().pages())).slicesLeft++;
    }
  }

  synchronized void read(int relation, int rows) {
    table(relation).rows += rows;
  }

  synchronized void done(Slice slice, long rows) {
    Table table = table(slice.relation());
    table.slicesLeft--;
    table.slicedRows += rows;
    table.slicedPages += slice.range().pagesOf(table.pages.pages());
  }

  private Table table(int relation) {
    return java.util.Objects.requireNonNull(tables.get(relation));
  }

  synchronized SnapshotProgress progress() {
    int done = 0;
    long rows = 0;
    long estimate = 0;
    for (Table table : tables.values()) {
      done += table.slicesLeft == 0 ? 1 : 0;
      rows += table.rows;
      estimate += table.estimate();
    }
    long nanos = clock.nanos() - startNanos;
    boolean isKnown = nanos >= RATE_AFTER_NANOS && rows > 0 && estimate > rows;
    long left = isKnown ? Math.round((double) (estimate - rows) / rows * nanos / 1e9) : -1;
    return new SnapshotProgress(done, tables.size(), rows, estimate, left);
  }
}
