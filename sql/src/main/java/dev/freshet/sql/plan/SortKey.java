package dev.freshet.sql.plan;

/** One column of an ORDER BY. */
public record SortKey(int column, Direction direction, Nulls nulls) {
  /** Which end comes first. */
  public enum Direction {
    ASCENDING,
    DESCENDING
  }

  /** Where NULL stands. */
  public enum Nulls {
    FIRST,
    LAST
  }
}
