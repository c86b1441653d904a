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
    long pagesToRead;
    long rows;
    long slicedRows;
    long slicedPages;

    Table(TablePages pages) {
      this.pages = pages;
    }

    /** What was read so far tells how many rows are in some pages; before that the planner does. */
    long rowsIn(long pageCount) {
      if (slicedPages > 0) {
        return Math.round((double) slicedRows / slicedPages * pageCount);
      }
      return pages.pages() == 0
          ? pages.rowEstimate()
          : Math.round((double) pages.rowEstimate() / pages.pages() * pageCount);
    }

    long toRead() {
      return slicesLeft == 0 ? rows : Math.max(rows, rowsIn(pagesToRead));
    }

    /** In pages that were read before a crash. */
    long readBefore() {
      long before = pages.pages() - pagesToRead;
      return before > 0 ? rowsIn(before) : 0;
    }
  }

  private final Clock clock;
  private final long startNanos;
  private final Map<Integer, Table> tables = new LinkedHashMap<>(); // guarded by this

  SnapshotMeter(Clock clock, List<SnapshotPlan.Part> parts, List<Slice> slices) {
    this.clock = clock;
    this.startNanos = clock.nanos();
    parts.forEach(part -> tables.put(part.shape().relation(), new Table(part.pages())));
    for (Slice slice : slices) {
      Table table = table(slice.relation());
      table.slicesLeft++;
      table.pagesToRead += slice.range().pagesOf(table.pages.pages());
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
    long toRead = 0;
    long before = 0;
    for (Table table : tables.values()) {
      done += table.slicesLeft == 0 ? 1 : 0;
      rows += table.rows;
      toRead += table.toRead();
      before += table.readBefore();
    }
    long nanos = clock.nanos() - startNanos;
    boolean isKnown = nanos >= RATE_AFTER_NANOS && rows > 0 && toRead > rows;
    long left = isKnown ? Math.round((double) (toRead - rows) / rows * nanos / 1e9) : -1;
    return new SnapshotProgress(done, tables.size(), before + rows, before + toRead, left);
  }
}
