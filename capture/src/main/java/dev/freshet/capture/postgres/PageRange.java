package dev.freshet.capture.postgres;

import java.util.ArrayList;
import java.util.Comparator;
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
   * Cuts a range into smaller ones that cover it.
   *
   * @param pages the file's length; what is there later has no rows that an earlier snapshot sees
   * @param pagesEach pages of a small range
   */
  List<PageRange> cut(long pages, long pagesEach) {
    List<PageRange> ranges = new ArrayList<>();
    long last = Math.min(end, pages);
    long from = first;
    for (; from + pagesEach < last; from += pagesEach) {
      ranges.add(new PageRange(from, from + pagesEach));
    }
    ranges.add(new PageRange(from, end));
    return ranges;
  }

  /** What is left of a range when others are taken out of it, in order. */
  List<PageRange> without(List<PageRange> others) {
    List<PageRange> left = new ArrayList<>();
    long from = first;
    for (PageRange other :
        others.stream().sorted(Comparator.comparing(PageRange::first)).toList()) {
      if (other.first > from) {
        left.add(new PageRange(from, Math.min(other.first, end)));
      }
      from = Math.max(from, other.end);
    }
    if (from < end) {
      left.add(new PageRange(from, end));
    }
    return left;
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
