package dev.freshet.kafka.budget;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.core.error.ErrorCode;
import java.util.function.LongFunction;

/**
 * What may still be made of one message or body. A few bytes, with the schema that belongs to them,
 * can stand for values and names without end: values that take no byte, names that are written for
 * each. One thread owns it.
 */
public final class DecodeBudget {
  /** What a boxed value of an array, map or row counts: its reference. */
  public static final int BOXED_BYTES = 4;

  /** Bytes that may be made of a message for each of its own, and besides. */
  private static final int MADE_FACTOR = 64;

  private static final int MADE_FREE = 1 << 16;

  /** However long a message is: a change set must fit into a record of the log. */
  private static final int MADE_MAX = 32 << 20;

  /**
   * Values that may be visited for each byte, and besides. What is read in fact has at most two to
   * a byte (a union's NULL), and is passed up to five times: to find it, its key and its end, to
   * fill the row, and when it is refused.
   */
  private static final int VALUES_FACTOR = 16;

  private static final int VALUES_FREE = 1 << 16;

  private final LongFunction<? extends RuntimeException> tooMuch;
  private long valuesLeft;
  private long madeMax;
  private long made;

  private DecodeBudget(LongFunction<? extends RuntimeException> tooMuch) {
    this.tooMuch = tooMuch;
  }

  /** Of messages, one after the other: {@link #begin} each. */
  public static DecodeBudget ofMessages() {
    return new DecodeBudget(max ->
        new CellProblem(
            ErrorCode.LIMIT_EXCEEDED,
            "it stands for texts and arrays of more than "
                + max
                + " bytes, the most for a message of its length"));
  }

  /**
   * Of one body, which has no bytes yet.
   *
   * @param madeMax bytes that texts and boxed values made of it may have
   * @param tooMuch what is thrown when they have more, given how many they may have
   */
  public static DecodeBudget ofBody(
      long madeMax, LongFunction<? extends RuntimeException> tooMuch) {
    DecodeBudget budget = new DecodeBudget(tooMuch);
    budget.valuesLeft = VALUES_FREE;
    budget.madeMax = madeMax;
    return budget;
  }

  /** Begins a message of so many bytes. */
  public void begin(long bytes) {
    valuesLeft = VALUES_FREE + VALUES_FACTOR * bytes;
    madeMax = Math.min(MADE_MAX, MADE_FREE + MADE_FACTOR * bytes);
    made = 0;
  }

  /** So many bytes more are to be read, whose values may be visited. */
  public void addBytes(long bytes) {
    valuesLeft += VALUES_FACTOR * bytes;
  }

  /** Values that may still be visited. */
  public long valuesLeft() {
    return valuesLeft;
  }

  /**
   * Counts a value that is visited, whatever becomes of it.
   *
   * @throws CellProblem when there are too many
   */
  public void value() {
    if (--valuesLeft < 0) {
      throw new CellProblem(
          ErrorCode.ROW_MALFORMED,
          "it has far more values than bytes: its schema has values that take none");
    }
  }

  /** Counts bytes of what was made: texts, or {@link #BOXED_BYTES} for a boxed value. */
  public void make(long bytes) {
    made += bytes;
    if (made > madeMax) {
      throw tooMuch.apply(madeMax);
    }
  }

  /** Bytes made since the beginning. */
  public long made() {
    return made;
  }
}
