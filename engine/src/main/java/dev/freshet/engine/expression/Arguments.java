package dev.freshet.engine.expression;

import dev.freshet.core.batch.BooleanVector;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.DoubleVector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Vector;

/**
 * The arguments of one kernel call over {@code count} rows, and where it reports failing rows.
 * Lives for one call, on one thread.
 *
 * <p>Kernels may compute garbage in rows that are null; they must not report such rows as failed.
 */
final class Arguments {
  private final Operand[] operands;
  private final boolean[] nulls;
  private final int count;
  private final int site;
  private int[] failures = Failures.NONE;

  Arguments(Operand[] operands, boolean[] nulls, int count, int site) {
    this.operands = operands;
    this.nulls = nulls;
    this.count = count;
    this.site = site;
  }

  /** The number of rows. */
  int count() {
    return count;
  }

  /** The number of arguments. */
  int size() {
    return operands.length;
  }

  /** The rows in which some argument is null; {@link Vector#NO_NULLS} when there is none. */
  boolean[] nulls() {
    return nulls;
  }

  boolean isNull(int row) {
    return nulls.length > 0 && nulls[row];
  }

  boolean isConstant(int argument) {
    return operands[argument].isConstant();
  }

  /** What a row index is and-ed with to find the argument's value: 0 for constants, else -1. */
  int mask(int argument) {
    return operands[argument].mask();
  }

  Operand operand(int argument) {
    return operands[argument];
  }

  Vector vector(int argument) {
    return operands[argument].vector();
  }

  long[] longs(int argument) {
    return ((LongVector) vector(argument)).values();
  }

  double[] doubles(int argument) {
    return ((DoubleVector) vector(argument)).values();
  }

  boolean[] booleans(int argument) {
    return ((BooleanVector) vector(argument)).values();
  }

  BytesVector bytes(int argument) {
    return (BytesVector) vector(argument);
  }

  /**
   * Applies a second kernel to what a first one gave for these arguments; the failures of both
   * count.
   */
  Vector then(Kernel second, Vector first) {
    boolean[] masked =
        failures.length == 0 ? first.nulls() : Masks.orFailed(first.nulls(), failures, count);
    Arguments call = new Arguments(new Operand[] {Operand.rows(first)}, masked, count, site);
    Vector result = second.apply(call);
    failures = Failures.merge(failures, call.failures, count);
    return result;
  }

  void fail(int row, FailureKind kind) {
    if (failures.length == 0) {
      failures = new int[count];
    }
    failures[row] = Failures.code(site, kind);
  }

  /** Reports the row as failed unless it is null. */
  void failIfLive(int row, FailureKind kind) {
    if (!isNull(row)) {
      fail(row, kind);
    }
  }

  int[] failures() {
    return failures;
  }

  LongVector result(long[] values) {
    return new LongVector(values, nulls, count);
  }

  DoubleVector result(double[] values) {
    return new DoubleVector(values, nulls, count);
  }

  BooleanVector result(boolean[] values) {
    return new BooleanVector(values, nulls, count);
  }
}
