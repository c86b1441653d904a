package dev.freshet.engine.expression;

import dev.freshet.core.batch.BooleanVector;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.Int128Vector;
import dev.freshet.core.type.DataType.Layout;
import java.util.Arrays;

/**
 * The comparison kernels. All six operators come down to EQUAL and LESS with the arguments swapped
 * or the result negated; a constant side has its own loop.
 */
final class Comparisons {
  private static final int EQUAL = 0;
  private static final int LESS = 1;

  private Comparisons() {}

  static Kernel equal(Layout layout) {
    return kernel(layout, EQUAL, 0, 1, false);
  }

  static Kernel notEqual(Layout layout) {
    return kernel(layout, EQUAL, 0, 1, true);
  }

  static Kernel less(Layout layout) {
    return kernel(layout, LESS, 0, 1, false);
  }

  static Kernel lessOrEqual(Layout layout) {
    return kernel(layout, LESS, 1, 0, true);
  }

  static Kernel greater(Layout layout) {
    return kernel(layout, LESS, 1, 0, false);
  }

  static Kernel greaterOrEqual(Layout layout) {
    return kernel(layout, LESS, 0, 1, true);
  }

  private static Kernel kernel(Layout layout, int relation, int left, int right, boolean negated) {
    return arguments -> {
      boolean[] result = new boolean[arguments.count()];
      switch (layout) {
        case LONG -> longs(arguments, relation, left, right, result);
        case DOUBLE -> doubles(arguments, relation, left, right, result);
        case BYTES -> bytes(arguments, relation, left, right, result);
        case BOOLEAN -> booleans(arguments, relation, left, right, result);
        case INT128 -> int128s(arguments, relation, left, right, result);
      }
      if (negated) {
        for (int i = 0; i < result.length; i++) {
          result[i] = !result[i];
        }
      }
      return new BooleanVector(result, arguments.nulls(), result.length);
    };
  }

  private static void longs(Arguments x, int relation, int left, int right, boolean[] result) {
    long[] a = x.longs(left);
    long[] b = x.longs(right);
    if (relation == EQUAL) {
      if (x.isConstant(left)) {
        equalConstant(b, a[0], result);
      } else if (x.isConstant(right)) {
        equalConstant(a, b[0], result);
      } else {
        equalRows(a, b, result);
      }
    } else if (x.isConstant(left)) {
      greaterThanConstant(b, a[0], result);
    } else if (x.isConstant(right)) {
      lessThanConstant(a, b[0], result);
    } else {
      lessRows(a, b, result);
    }
  }

  private static void equalConstant(long[] a, long constant, boolean[] result) {
    for (int i = 0; i < result.length; i++) {
      result[i] = a[i] == constant;
    }
  }

  private static void equalRows(long[] a, long[] b, boolean[] result) {
    for (int i = 0; i < result.length; i++) {
      result[i] = a[i] == b[i];
    }
  }

  private static void greaterThanConstant(long[] a, long constant, boolean[] result) {
    for (int i = 0; i < result.length; i++) {
      result[i] = a[i] > constant;
    }
  }

  private static void lessThanConstant(long[] a, long constant, boolean[] result) {
    for (int i = 0; i < result.length; i++) {
      result[i] = a[i] < constant;
    }
  }

  private static void lessRows(long[] a, long[] b, boolean[] result) {
    for (int i = 0; i < result.length; i++) {
      result[i] = a[i] < b[i];
    }
  }

  private static void doubles(Arguments x, int relation, int left, int right, boolean[] result) {
    double[] a = x.doubles(left);
    double[] b = x.doubles(right);
    int maskA = x.mask(left);
    int maskB = x.mask(right);
    if (relation == EQUAL) {
      for (int i = 0; i < result.length; i++) {
        double p = a[i & maskA];
        double q = b[i & maskB];
        result[i] = p == q || (Double.isNaN(p) && Double.isNaN(q));
      }
    } else {
      for (int i = 0; i < result.length; i++) {
        result[i] = isLess(a[i & maskA], b[i & maskB]);
      }
    }
  }

  /** NaN is greater than any number and equal to itself; -0.0 equals 0.0. */
  static boolean isLess(double a, double b) {
    return a < b || (Double.isNaN(b) && !Double.isNaN(a));
  }

  private static void bytes(Arguments x, int relation, int left, int right, boolean[] result) {
    BytesVector a = x.bytes(left);
    BytesVector b = x.bytes(right);
    byte[] dataA = a.data();
    byte[] dataB = b.data();
    int[] offsetsA = a.offsets();
    int[] offsetsB = b.offsets();
    int maskA = x.mask(left);
    int maskB = x.mask(right);
    for (int i = 0; i < result.length; i++) {
      int rowA = i & maskA;
      int rowB = i & maskB;
      int startA = offsetsA[rowA];
      int endA = offsetsA[rowA + 1];
      int startB = offsetsB[rowB];
      int endB = offsetsB[rowB + 1];
      result[i] =
          relation == EQUAL
              ? endA - startA == endB - startB
                  && Arrays.equals(dataA, startA, endA, dataB, startB, endB)
              : Arrays.compareUnsigned(dataA, startA, endA, dataB, startB, endB) < 0;
    }
  }

  private static void booleans(Arguments x, int relation, int left, int right, boolean[] result) {
    boolean[] a = x.booleans(left);
    boolean[] b = x.booleans(right);
    int maskA = x.mask(left);
    int maskB = x.mask(right);
    for (int i = 0; i < result.length; i++) {
      boolean p = a[i & maskA];
      boolean q = b[i & maskB];
      result[i] = relation == EQUAL ? p == q : !p && q;
    }
  }

  private static void int128s(Arguments x, int relation, int left, int right, boolean[] result) {
    Int128Vector a = (Int128Vector) x.vector(left);
    Int128Vector b = (Int128Vector) x.vector(right);
    int maskA = x.mask(left);
    int maskB = x.mask(right);
    long[] highA = a.high();
    long[] lowA = a.low();
    long[] highB = b.high();
    long[] lowB = b.low();
    for (int i = 0; i < result.length; i++) {
      int p = i & maskA;
      int q = i & maskB;
      result[i] =
          relation == EQUAL
              ? highA[p] == highB[q] && lowA[p] == lowB[q]
              : Int128.compare(highA[p], lowA[p], highB[q], lowB[q]) < 0;
    }
  }
}
