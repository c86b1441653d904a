package dev.freshet.sql.eventtime;

/** When the rows of a view come out. */
public enum Emit {
  /** At once; they change as often as the query's answer does. */
  CHANGES,
  /** Once, when the watermark says that no change can concern them any more. */
  FINAL
}
