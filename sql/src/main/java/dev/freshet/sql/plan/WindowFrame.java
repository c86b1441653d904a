package dev.freshet.sql.plan;

/**
 * The rows of a partition that a window function sees from one row. Empty when {@code to} lies
 * before {@code from}.
 */
public record WindowFrame(Unit unit, Bound from, Bound to) {
  /** The whole partition. */
  public static final WindowFrame ALL =
      new WindowFrame(Unit.ROWS, new Bound.Unbounded(), new Bound.Unbounded());

  /** What a bound counts. */
  public enum Unit {
    /** Rows. */
    ROWS,
    /** Values of the order: rows that are equal in it are in the frame together. */
    RANGE
  }

  /** One end of a frame. */
  public sealed interface Bound {
    /** The partition's end on this side. */
    record Unbounded() implements Bound {}

    /** The row itself; in RANGE also all rows equal to it in the order. */
    record CurrentRow() implements Bound {}

    /** So many rows after the row, or before it when negative. */
    record Rows(long offset) implements Bound {}

    /**
     * The value of the one order column at which the frame ends, computed over the row; its type
     * has the layout of the order column's. It never falls while the order column rises. For a row
     * that has NULL there the frame ends with the rows that have NULL too.
     */
    record Value(Expression value) implements Bound {}
  }
}
