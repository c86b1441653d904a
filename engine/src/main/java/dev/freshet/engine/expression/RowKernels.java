package dev.freshet.engine.expression;

/**
 * Kernels that are written as a function of one row. The function is called per row: only for what
 * costs far more than a call.
 */
final class RowKernels {
  private RowKernels() {}

  /** Writes the result of one row whose arguments are not NULL. */
  @FunctionalInterface
  interface BytesRow {
    /**
     * @return false for NULL; what was written then does not count
     */
    boolean write(Arguments x, int row, BytesOutput out);
  }

  /** Gives the result of one row whose arguments are not NULL. */
  @FunctionalInterface
  interface LongRow {
    long of(Arguments x, int row);
  }

  /** As {@link LongRow}. */
  @FunctionalInterface
  interface BooleanRow {
    boolean of(Arguments x, int row);
  }

  /** A result of byte strings. One that grows past the limit fails. */
  static Kernel bytes(BytesRow function) {
    return x -> {
      int count = x.count();
      BytesOutput out = new BytesOutput(count, 16 * count);
      boolean[] nulls = new boolean[count];
      for (int i = 0; i < count; i++) {
        nulls[i] = x.isNull(i);
        if (!nulls[i]) {
          nulls[i] = !function.write(x, i, out);
          if (nulls[i]) {
            out.clearRow();
          } else if (out.rowBytes() > BytesOutput.MAX_ROW_BYTES) {
            out.clearRow();
            x.fail(i, FailureKind.TOO_LONG);
          }
        }
        out.endRow();
      }
      return out.build(Masks.compact(nulls, count));
    };
  }

  /** A result of whole numbers. */
  static Kernel longs(LongRow function) {
    return x -> {
      long[] result = new long[x.count()];
      for (int i = 0; i < result.length; i++) {
        if (!x.isNull(i)) {
          result[i] = function.of(x, i);
        }
      }
      return x.result(result);
    };
  }

  /** A result of truth values. */
  static Kernel booleans(BooleanRow function) {
    return x -> {
      boolean[] result = new boolean[x.count()];
      for (int i = 0; i < result.length; i++) {
        if (!x.isNull(i)) {
          result[i] = function.of(x, i);
        }
      }
      return x.result(result);
    };
  }
}
