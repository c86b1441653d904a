package dev.freshet.sql.eventtime;

import dev.freshet.sql.plan.Plan;

/**
 * What is known of a column: no change concerns a row once the watermark has reached the column's
 * value plus the lag.
 *
 * @param lag microseconds
 * @param spread about how far apart the moments lie, microseconds
 * @param kind where the column comes from
 * @param row the last such moment of a table's row, from the time in the row
 */
record Bound(long lag, long spread, Kind kind, Row row) {
  private static final long SECOND = 1_000_000;

  /** A column with the time of the row itself: rows before the watermark are closed. */
  static final Bound TIME = new Bound(1, SECOND, Kind.TIME, new Row(0, 0, 1));

  enum Kind {
    TIME,
    /** The window that the row is in. */
    WINDOW,
    /** One of the windows that the row is in. */
    WINDOWS
  }

  /** As {@link Plan.Closing}, for the column with the time of a table's rows. */
  record Row(long width, long offset, long lag) {
    Plan.Closing closing(int timeColumn) {
      return new Plan.Closing(timeColumn, width, offset, lag);
    }
  }

  Plan.Closing closing(int column) {
    return Plan.Closing.after(column, lag);
  }

  /** The bound of the column plus so much. */
  Bound plus(long micros) {
    return new Bound(lag - micros, spread, kind, row);
  }

  /** Of a time that is so much later than the row's: the bound of the start of its window. */
  Bound windowStart(long size, long offset) {
    return new Bound(size + lag - 1, size, Kind.WINDOW, new Row(size, offset + lag - 1, size));
  }

  /** The bound of the start of one of the windows that the time lies in. */
  Bound hopStart(long step, long size, long offset) {
    Row last = new Row(step, offset + lag - 1, size);
    return new Bound(size + lag - 1, step, Kind.WINDOWS, last);
  }

  /** The bound of the end of one of the windows that the time lies in. */
  Bound cumulateEnd(long step, long size, long offset) {
    return new Bound(lag - 1, step, Kind.WINDOWS, new Row(size, offset + lag - 1, size));
  }

  /** The bound of the end of a session. */
  Bound sessionEnd(long gap) {
    return new Bound(lag, gap, Kind.WINDOW, row);
  }

  /** Whether the rows of two columns with equal values close together. */
  boolean isAlike(Bound other) {
    return lag == other.lag && row.equals(other.row);
  }
}
