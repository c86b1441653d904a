package dev.freshet.database.query;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.engine.Snapshot;
import dev.freshet.sql.CompiledQuery;
import dev.freshet.sql.plan.SortKey;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Runs compiled queries. Safe for all threads. */
public final class Queries {
  private Queries() {}

  /**
   * @param maxRows rows beyond this are cut off; equal rows count each
   */
  public static QueryAnswer run(Snapshot snapshot, CompiledQuery query, int maxRows) {
    long rowsWanted = query.order().isEmpty() ? maxRows + 1L : Long.MAX_VALUE;
    Batch rows = snapshot.query(query.plan(), rowsWanted);
    int[] order = order(rows, query.order());
    int kept = 0;
    long total = 0;
    while (kept < order.length && total < maxRows) {
      total += rows.weight(order[kept++]);
    }
    boolean truncated = kept < order.length || total > maxRows;
    Batch sorted = Rows.gather(rows, order, kept);
    if (total > maxRows) {
      long[] weights = Arrays.copyOf(sorted.weights(), kept);
      weights[kept - 1] -= total - maxRows;
      sorted = sorted.withWeights(weights);
    }
    int[] shown = new int[query.columnCount()];
    Arrays.setAll(shown, i -> i);
    return new QueryAnswer(snapshot.step(), sorted.select(shown), truncated);
  }

  private static int[] order(Batch rows, List<SortKey> keys) {
    if (keys.isEmpty()) {
      int[] order = new int[rows.rowCount()];
      Arrays.setAll(order, i -> i);
      return order;
    }
    Integer[] boxed = new Integer[rows.rowCount()];
    Arrays.setAll(boxed, i -> i);
    Comparator<Integer> comparator = (a, b) -> compare(rows, a, b, keys);
    Arrays.sort(boxed, comparator);
    return Arrays.stream(boxed).mapToInt(Integer::intValue).toArray();
  }

  private static int compare(Batch rows, int a, int b, List<SortKey> keys) {
    for (SortKey key : keys) {
      int order = compare(rows.column(key.column()), a, b, key);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static int compare(Vector column, int a, int b, SortKey key) {
    boolean nullA = column.isNull(a);
    boolean nullB = column.isNull(b);
    if (nullA || nullB) {
      int nullsFirst = Boolean.compare(nullB, nullA);
      return key.nulls() == SortKey.Nulls.FIRST ? nullsFirst : -nullsFirst;
    }
    int order = Rows.compare(column, a, column, b);
    return key.direction() == SortKey.Direction.ASCENDING ? order : -order;
  }
}
