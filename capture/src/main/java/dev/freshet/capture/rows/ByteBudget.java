package dev.freshet.capture.rows;

/**
 * Counts what is made of a text or message that came from outside. A few bytes can stand for many:
 * an empty object for a ROW of a hundred fields. One thread owns it.
 */
@FunctionalInterface
public interface ByteBudget {
  /** Of values whose writer is trusted with them: a database that is the source. */
  ByteBudget UNBOUNDED = _ -> {};

  /**
   * Counts bytes of what is about to be made: of nested values as {@link LogBytes} says.
   *
   * @throws CellProblem when it is too much, or whatever else refuses more than a single value
   */
  void make(long bytes);
}
