package dev.freshet.core.batch;

/**
 * The values of one column: primitive arrays and a null mask. Immutable once built, so any thread
 * may read it. Arrays may be longer than {@link #length()}; what lies beyond is undefined, and so
 * is the value where the mask says null.
 */
public sealed interface Vector
    permits BooleanVector, LongVector, Int128Vector, DoubleVector, BytesVector {
  /** The mask of a vector without nulls. */
  boolean[] NO_NULLS = {};

  /** Number of rows. */
  int length();

  /** {@code true} marks a null; {@link #NO_NULLS} (length 0) when there is none. */
  boolean[] nulls();

  default boolean mayHaveNulls() {
    return nulls().length > 0;
  }

  default boolean isNull(int row) {
    boolean[] nulls = nulls();
    return nulls.length > 0 && nulls[row];
  }

  /** Bytes of heap that the arrays take, headers left out. */
  long bytes();
}
