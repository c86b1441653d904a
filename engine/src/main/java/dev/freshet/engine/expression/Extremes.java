package dev.freshet.engine.expression;

import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType.Layout;
import org.jspecify.annotations.Nullable;

/** GREATEST and LEAST, in the order of grouping. */
final class Extremes {
  private Extremes() {}

  /** Which of the two. */
  enum Extreme {
    GREATEST,
    LEAST
  }

  static Kernel kernel(Extreme extreme, Layout layout) {
    return layout == Layout.LONG ? x -> longs(x, extreme) : x -> general(x, extreme, layout);
  }

  private static Vector longs(Arguments x, Extreme extreme) {
    long[] result = new long[x.count()];
    long[] first = x.longs(0);
    int firstMask = x.mask(0);
    for (int i = 0; i < result.length; i++) {
      result[i] = first[i & firstMask];
    }
    for (int k = 1; k < x.size(); k++) {
      long[] next = x.longs(k);
      int mask = x.mask(k);
      if (extreme == Extreme.GREATEST) {
        for (int i = 0; i < result.length; i++) {
          result[i] = Math.max(result[i], next[i & mask]);
        }
      } else {
        for (int i = 0; i < result.length; i++) {
          result[i] = Math.min(result[i], next[i & mask]);
        }
      }
    }
    return x.result(result);
  }

  private static Vector general(Arguments x, Extreme extreme, Layout layout) {
    int count = x.count();
    int[] choice = new int[count];
    @Nullable Operand[] operands = new Operand[x.size()];
    for (int k = 0; k < operands.length; k++) {
      operands[k] = x.operand(k);
    }
    for (int i = 0; i < count; i++) {
      for (int k = 1; k < operands.length && !x.isNull(i); k++) {
        int best = choice[i];
        int order = Rows.compare(x.vector(k), i & x.mask(k), x.vector(best), i & x.mask(best));
        if (extreme == Extreme.GREATEST ? order > 0 : order < 0) {
          choice[i] = k;
        }
      }
    }
    return Choice.merge(layout, operands, choice, x.nulls(), count);
  }
}
