package dev.freshet.engine.expression;

import dev.freshet.core.batch.ArrayCodec;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import java.util.stream.IntStream;

/**
 * Functions that search arrays or make new ones; each decodes the row's arrays. NULL elements are
 * equal to each other.
 */
final class ArrayFunctions {
  private ArrayFunctions() {}

  private static Vector array(Arguments x, int argument, int row, DataType element) {
    return ArrayCodec.elements(element, x.bytes(argument).copyOf(row & x.mask(argument)));
  }

  private static boolean same(Vector a, int i, Vector b, int k) {
    if (a.isNull(i) || b.isNull(k)) {
      return a.isNull(i) && b.isNull(k);
    }
    return Rows.compare(a, i, b, k) == 0;
  }

  private static boolean contains(Vector elements, Vector wanted, int index, int end) {
    for (int i = 0; i < end; i++) {
      if (same(elements, i, wanted, index)) {
        return true;
      }
    }
    return false;
  }

  /** (array, value): from 1, 0 when it is not there. */
  static Kernel position(DataType element) {
    return RowKernels.longs((x, row) -> {
      Vector elements = array(x, 0, row, element);
      for (int i = 0; i < elements.length(); i++) {
        if (same(elements, i, x.vector(1), row & x.mask(1))) {
          return i + 1L;
        }
      }
      return 0;
    });
  }

  /** Each element once, where it first stood. */
  static Kernel distinct(DataType element) {
    return RowKernels.bytes((x, row, out) -> {
      Vector elements = array(x, 0, row, element);
      VectorBuilder result = new VectorBuilder(element.layout(), elements.length());
      for (int i = 0; i < elements.length(); i++) {
        if (!contains(elements, elements, i, i)) {
          result.append(elements, i);
        }
      }
      out.append(ArrayCodec.encode(result.build()));
      return true;
    });
  }

  static Kernel reverse(DataType element) {
    return RowKernels.bytes((x, row, out) -> {
      Vector elements = array(x, 0, row, element);
      VectorBuilder result = new VectorBuilder(element.layout(), elements.length());
      for (int i = elements.length() - 1; i >= 0; i--) {
        result.append(elements, i);
      }
      out.append(ArrayCodec.encode(result.build()));
      return true;
    });
  }

  /** (array, from, to): both ends belong to it, negative ones count from the end, as in Flink. */
  static Kernel slice(DataType element) {
    return RowKernels.bytes((x, row, out) -> {
      Vector elements = array(x, 0, row, element);
      long from = index(x.longs(1)[row & x.mask(1)], elements.length());
      long to =
          x.size() > 2 ? index(x.longs(2)[row & x.mask(2)], elements.length()) : elements.length();
      VectorBuilder result = new VectorBuilder(element.layout(), elements.length());
      for (long i = Math.max(1, from); i <= Math.min(to, elements.length()); i++) {
        result.append(elements, (int) i - 1);
      }
      out.append(ArrayCodec.encode(result.build()));
      return true;
    });
  }

  private static long index(long index, int length) {
    return index == 0 ? 1 : index < 0 ? index + length + 1 : index;
  }

  /** The greatest element for a sign of 1, the smallest for -1; NULL when all are. */
  static Kernel extreme(int sign, DataType element) {
    return x -> {
      VectorBuilder result = new VectorBuilder(element.layout(), x.count());
      for (int row = 0; row < x.count(); row++) {
        if (x.isNull(row)) {
          result.appendNull();
          continue;
        }
        Vector elements = array(x, 0, row, element);
        int best = -1;
        for (int i = 0; i < elements.length(); i++) {
          boolean better = best < 0 || sign * Rows.compare(elements, i, elements, best) > 0;
          best = !elements.isNull(i) && better ? i : best;
        }
        if (best < 0) {
          result.appendNull();
        } else {
          result.append(elements, best);
        }
      }
      return result.build();
    };
  }

  /** (a, b): what of a is not in b, as often as it is there. */
  static Kernel remove(DataType element) {
    return RowKernels.bytes((x, row, out) -> {
      Vector a = array(x, 0, row, element);
      Vector b = array(x, 1, row, element);
      VectorBuilder result = new VectorBuilder(element.layout(), a.length());
      for (int i = 0; i < a.length(); i++) {
        if (!contains(b, a, i, b.length())) {
          result.append(a, i);
        }
      }
      out.append(ArrayCodec.encode(result.build()));
      return true;
    });
  }

  /** The arrays one after the other. */
  static Kernel concat(DataType element) {
    return RowKernels.bytes((x, row, out) -> {
      VectorBuilder result = new VectorBuilder(element.layout(), 8);
      for (int argument = 0; argument < x.size(); argument++) {
        result.appendAll(array(x, argument, row, element));
      }
      out.append(ArrayCodec.encode(result.build()));
      return true;
    });
  }

  /** Which elements of two arrays a set operation keeps. */
  enum SetOperation {
    UNION,
    INTERSECT,
    EXCEPT
  }

  /** (a, b): each element once, in the order of a, then of b. */
  static Kernel sets(SetOperation operation, DataType element) {
    return RowKernels.bytes((x, row, out) -> {
      Vector a = array(x, 0, row, element);
      Vector b = array(x, 1, row, element);
      VectorBuilder result = new VectorBuilder(element.layout(), a.length());
      for (int i = 0; i < a.length(); i++) {
        boolean inBoth = contains(b, a, i, b.length());
        boolean kept =
            switch (operation) {
              case UNION -> true;
              case INTERSECT -> inBoth;
              case EXCEPT -> !inBoth;
            };
        if (kept && !contains(a, a, i, i)) {
          result.append(a, i);
        }
      }
      if (operation == SetOperation.UNION) {
        for (int i = 0; i < b.length(); i++) {
          if (!contains(a, b, i, a.length()) && !contains(b, b, i, i)) {
            result.append(b, i);
          }
        }
      }
      out.append(ArrayCodec.encode(result.build()));
      return true;
    });
  }

  /** (array, ascending, NULLs first). */
  static Kernel sort(DataType element) {
    return RowKernels.bytes((x, row, out) -> {
      Vector elements = array(x, 0, row, element);
      int sign = x.booleans(1)[row & x.mask(1)] ? 1 : -1;
      boolean nullsFirst = x.booleans(2)[row & x.mask(2)];
      int[] order =
          IntStream.range(0, elements.length())
              .boxed()
              .sorted((a, b) -> {
                if (elements.isNull(a) || elements.isNull(b)) {
                  int nulls = Boolean.compare(elements.isNull(b), elements.isNull(a));
                  return nullsFirst ? nulls : -nulls;
                }
                return sign * Rows.compare(elements, a, elements, b);
              })
              .mapToInt(Integer::intValue)
              .toArray();
      out.append(ArrayCodec.encode(Rows.gather(elements, order, order.length)));
      return true;
    });
  }

  /** The only element, NULL when there is none; fails when there are several. */
  static Kernel only(DataType element) {
    return x -> {
      VectorBuilder result = new VectorBuilder(element.layout(), x.count());
      for (int row = 0; row < x.count(); row++) {
        if (x.isNull(row)) {
          result.appendNull();
          continue;
        }
        Vector elements = array(x, 0, row, element);
        if (elements.length() == 1) {
          result.append(elements, 0);
        } else {
          result.appendNull();
        }
        if (elements.length() > 1) {
          x.fail(row, FailureKind.INVALID_ARGUMENT);
        }
      }
      return result.build();
    };
  }
}
