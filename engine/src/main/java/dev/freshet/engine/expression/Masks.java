package dev.freshet.engine.expression;

import dev.freshet.core.batch.BooleanVector;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.DoubleVector;
import dev.freshet.core.batch.Int128Vector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType.Layout;
import java.util.Arrays;

/** Null masks: union, replacement, and vectors that are null in every row. */
final class Masks {
  private Masks() {}

  /** Null where {@code a} or {@code b} is null; may be one of the two itself. */
  static boolean[] or(boolean[] a, boolean[] b, int count) {
    if (a.length == 0) {
      return b;
    }
    if (b.length == 0) {
      return a;
    }
    boolean[] union = new boolean[count];
    for (int i = 0; i < count; i++) {
      union[i] = a[i] | b[i];
    }
    return union;
  }

  /** Null where the mask says so or the row failed, so that nobody looks at the row's value. */
  static boolean[] orFailed(boolean[] nulls, int[] failures, int count) {
    boolean[] union = new boolean[count];
    for (int i = 0; i < count; i++) {
      union[i] = failures[i] != 0 || (nulls.length > 0 && nulls[i]);
    }
    return union;
  }

  static boolean[] allNull(int count) {
    boolean[] nulls = new boolean[count];
    Arrays.fill(nulls, true);
    return nulls;
  }

  /** A mask without any null becomes the empty one. */
  static boolean[] compact(boolean[] nulls, int count) {
    for (int i = 0; i < Math.min(count, nulls.length); i++) {
      if (nulls[i]) {
        return nulls;
      }
    }
    return Vector.NO_NULLS;
  }

  static Vector withNulls(Vector vector, boolean[] nulls) {
    int count = vector.length();
    return switch (vector) {
      case BooleanVector v -> new BooleanVector(v.values(), nulls, count);
      case LongVector v -> new LongVector(v.values(), nulls, count);
      case Int128Vector v -> new Int128Vector(v.high(), v.low(), nulls, count);
      case DoubleVector v -> new DoubleVector(v.values(), nulls, count);
      case BytesVector v -> new BytesVector(v.data(), v.offsets(), nulls, count);
    };
  }

  static Vector nullVector(Layout layout, int count) {
    boolean[] nulls = allNull(count);
    return switch (layout) {
      case BOOLEAN -> new BooleanVector(new boolean[count], nulls, count);
      case LONG -> new LongVector(new long[count], nulls, count);
      case INT128 -> new Int128Vector(new long[count], new long[count], nulls, count);
      case DOUBLE -> new DoubleVector(new double[count], nulls, count);
      case BYTES -> new BytesVector(new byte[0], new int[count + 1], nulls, count);
    };
  }
}
