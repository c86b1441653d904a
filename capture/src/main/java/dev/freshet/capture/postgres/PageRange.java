package dev.freshet.capture.postgres;

import java.util.ArrayList;
import java.util.List;

/**
 * Pages of a table's file, in which each version of a row has its place (its CTID) for good: a
 * snapshot finds every row that it sees in exactly one of the ranges that the file is cut into.
 *
 * @param first the first page
 * @param end the page behind the last; {@link #OPEN} when the range goes to the file's end,
 *     wherever that is
 */
record PageRange(long first, long end) {
  static final long OPEN = 0xFFFF_FFFFL;

  /** The whole table, whether its rows lie in pages or not. */
  static final PageRange ALL = new PageRange(0, OPEN);

  /**
   * Cuts a file into ranges that cover it.
   *
   * @param pages its length; what is there later has no rows that an earlier snapshot sees
   * @param pagesEach pages of a range
   */
  static List<PageRange> cut(long pages, long pagesEach) {
    List<PageRange> ranges = new ArrayList<>();
    long first = 0;
    for (; first + pagesEach < pages; first += pagesEach) {
      ranges.add(new PageRange(first, first + pagesEach));
    }
    ranges.add(new PageRange(first, OPEN));
    return ranges;
  }

  boolean isAll() {
    return first == 0 && end == OPEN;
  }

  /** How many of a file's pages lie in it. */
  long pagesOf(long fileEnd) {
    return Math.max(0, Math.min(end, fileEnd) - first);
  }

  /** A condition in SQL for the rows in it, empty for all; the server goes to these pages only. */
  String condition() {
    if (isAll()) {
      return "";
    }
    String from = "ctid >= '(" + first + ",0)'";
    return end == OPEN ? from : from + " AND ctid < '(" + end + ",0)'";
  }
}
