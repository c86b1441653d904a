package dev.freshet.kafka.budget;

import dev.freshet.capture.rows.ByteBudget;
import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.LogBytes;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.function.LongFunction;

/**
 * What may still be made of one message or body. A few bytes, with the schema that belongs to them,
 * can stand for values and names without end: values that take no byte, names that are written for
 * each. One thread owns it.
 */
public final class DecodeBudget implements ByteBudget {
  /** What stands around a name of JSON, or around the values of an object or array. */
  public static final int AROUND_BYTES = 4;

  /** Bytes that may be made of a message for each of its own, and besides. */
  private static final int MADE_FACTOR = 64;

  /** Messages without bytes are honest, too: Protobuf writes no zeros, and JSON has their names. */
  private static final int MADE_FREE = 1 << 20;

  /** However long a message is. */
  private static final int MADE_MAX = 32 << 20;

  /**
   * A message and what is made of it. What is made counts as {@link LogBytes} says, and a change
   * set has less than 4 MiB before its last message: so it fits into a record of the log, 64 MiB.
   */
  private static final int TOGETHER_MAX = 56 << 20;

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
   * @param madeMax bytes that texts and nested values made of it may have
   * @param tooMuch what is thrown when they have more, given how many they may have
   */
  public static DecodeBudget ofBody(
      long madeMax, LongFunction<? extends RuntimeException> tooMuch) {
    DecodeBudget budget = new DecodeBudget(tooMuch);
    budget.valuesLeft = VALUES_FREE;
    budget.madeMax = madeMax;
    return budget;
  }

  /**
   * Begins a message.
   *
   * @param bytes that it has
   * @param besides bytes that the log has of it besides, whatever comes of those
   * @throws CellProblem when it is too long by itself
   */
  public void begin(long bytes, long besides) {
    long left = TOGETHER_MAX - bytes - besides;
    valuesLeft = VALUES_FREE + VALUES_FACTOR * bytes;
    madeMax = Math.min(left, Math.min(MADE_MAX, MADE_FREE + MADE_FACTOR * bytes));
    made = 0;
    if (left < 0) {
      throw new CellProblem(
          ErrorCode.LIMIT_EXCEEDED,
          "it takes "
              + (bytes + besides)
              + " bytes in the log, and a message may take "
              + TOGETHER_MAX);
    }
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

  /** Counts bytes of what is made: of texts, or of nested values as {@link LogBytes} says. */
  @Override
  public void make(long bytes) {
    made += bytes;
    if (made > madeMax) {
      throw tooMuch.apply(madeMax);
    }
  }

  /** Appends a text whose characters have been counted; counts the bytes that it has beyond. */
  public void append(VectorBuilder out, StringBuilder text) {
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    make(bytes.length - text.length());
    out.appendBytes(bytes, 0, bytes.length);
  }

  /** Bytes made since the beginning. */
  public long made() {
    return made;
  }
}
