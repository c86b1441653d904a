package dev.freshet.engine.expression;

import dev.freshet.core.batch.BooleanVector;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.DoubleVector;
import dev.freshet.core.batch.Int128Vector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType.Layout;
import org.jspecify.annotations.Nullable;

/** Puts a vector together from several: row {@code i} comes from operand {@code choice[i]}. */
final class Choice {
  private Choice() {}

  /**
   * @param operands a null operand is chosen by no row
   * @param choice a negative number leaves the row undefined; {@code nulls} must then say null
   */
  static Vector merge(
      Layout layout, @Nullable Operand[] operands, int[] choice, boolean[] nulls, int count) {
    return switch (layout) {
      case BOOLEAN -> new BooleanVector(booleans(operands, choice, count), nulls, count);
      case DOUBLE -> new DoubleVector(doubles(operands, choice, count), nulls, count);
      case LONG -> new LongVector(longs(operands, choice, count), nulls, count);
      case INT128 -> int128s(operands, choice, nulls, count);
      case BYTES -> bytes(operands, choice, nulls, count);
    };
  }

  private static boolean[] booleans(@Nullable Operand[] operands, int[] choice, int count) {
    boolean[] result = new boolean[count];
    for (int k = 0; k < operands.length; k++) {
      Operand operand = operands[k];
      if (operand != null) {
        boolean[] from = ((BooleanVector) operand.vector()).values();
        int mask = operand.mask();
        for (int i = 0; i < count; i++) {
          if (choice[i] == k) {
            result[i] = from[i & mask];
          }
        }
      }
    }
    return result;
  }

  private static double[] doubles(@Nullable Operand[] operands, int[] choice, int count) {
    double[] result = new double[count];
    for (int k = 0; k < operands.length; k++) {
      Operand operand = operands[k];
      if (operand != null) {
        double[] from = ((DoubleVector) operand.vector()).values();
        int mask = operand.mask();
        for (int i = 0; i < count; i++) {
          if (choice[i] == k) {
            result[i] = from[i & mask];
          }
        }
      }
    }
    return result;
  }

  private static long[] longs(@Nullable Operand[] operands, int[] choice, int count) {
    long[] result = new long[count];
    for (int k = 0; k < operands.length; k++) {
      Operand operand = operands[k];
      if (operand != null) {
        copyChosen(((LongVector) operand.vector()).values(), operand.mask(), k, choice, result);
      }
    }
    return result;
  }

  private static Vector int128s(
      @Nullable Operand[] operands, int[] choice, boolean[] nulls, int count) {
    long[] high = new long[count];
    long[] low = new long[count];
    for (int k = 0; k < operands.length; k++) {
      Operand operand = operands[k];
      if (operand != null) {
        Int128Vector from = (Int128Vector) operand.vector();
        copyChosen(from.high(), operand.mask(), k, choice, high);
        copyChosen(from.low(), operand.mask(), k, choice, low);
      }
    }
    return new Int128Vector(high, low, nulls, count);
  }

  private static void copyChosen(long[] from, int mask, int k, int[] choice, long[] result) {
    for (int i = 0; i < result.length; i++) {
      if (choice[i] == k) {
        result[i] = from[i & mask];
      }
    }
  }

  private static Vector bytes(
      @Nullable Operand[] operands, int[] choice, boolean[] nulls, int count) {
    @Nullable BytesVector[] vectors = new BytesVector[operands.length];
    int[] masks = new int[operands.length];
    for (int k = 0; k < operands.length; k++) {
      Operand operand = operands[k];
      if (operand != null) {
        vectors[k] = (BytesVector) operand.vector();
        masks[k] = operand.mask();
      }
    }
    BytesOutput out = new BytesOutput(count, 16 * count);
    for (int i = 0; i < count; i++) {
      int k = choice[i];
      BytesVector from = k < 0 ? null : vectors[k];
      if (from != null && (nulls.length == 0 || !nulls[i])) {
        int row = i & masks[k];
        out.append(from.data(), from.start(row), from.end(row));
      }
      out.endRow();
    }
    return out.build(nulls);
  }
}
