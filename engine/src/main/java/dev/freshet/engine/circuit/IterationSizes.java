package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.RecursionKind;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How many rows each iteration of a recursion has, before a step and now. An iteration goes on to
 * the next one as long as those up to it have no more than {@link Plan.Recursion#MAX_ROWS} rows.
 * One thread owns it.
 */
final class IterationSizes {
  /** No iteration. */
  static final long NONE = Long.MAX_VALUE;

  private static final long MAX = Plan.Recursion.MAX_ROWS;

  private final NavigableMap<Long, Long> sizes = new TreeMap<>();
  private final Map<Long, Long> changed = new HashMap<>();
  private long total;
  private long totalBefore;

  /** Takes a row that was saved. */
  void restore(Batch rows, int row, long iteration, RecursionKind kind) {
    add(iteration, kind == RecursionKind.DISTINCT ? 1 : rows.weight(row));
  }

  /** Begins a step. Gives the iteration that does not go on, or {@link #NONE}. */
  long begin() {
    changed.clear();
    totalBefore = total;
    return cut();
  }

  void add(long iteration, Batch rows) {
    long weight = 0;
    for (int i = 0; i < rows.rowCount(); i++) {
      weight += rows.weight(i);
    }
    if (weight != 0) {
      changed.putIfAbsent(iteration, now(iteration));
      add(iteration, weight);
    }
  }

  private void add(long iteration, long weight) {
    total += weight;
    long size = sizes.merge(iteration, weight, Long::sum);
    if (size == 0) {
      sizes.remove(iteration);
    }
  }

  long now(long iteration) {
    return sizes.getOrDefault(iteration, 0L);
  }

  long before(long iteration) {
    return changed.getOrDefault(iteration, now(iteration));
  }

  /** Whether it matters where the limit lies. */
  boolean areNearLimit() {
    return total > MAX || totalBefore > MAX;
  }

  /** The next iteration that has rows. */
  long after(long iteration) {
    Long next = sizes.higherKey(iteration);
    return next == null ? NONE : next;
  }

  boolean continuesNow(long iteration) {
    return total <= MAX || sum(iteration) <= MAX;
  }

  boolean continuedBefore(long iteration) {
    if (totalBefore <= MAX) {
      return true;
    }
    long sum = sum(iteration);
    for (Map.Entry<Long, Long> each : changed.entrySet()) {
      sum += each.getKey() <= iteration ? each.getValue() - now(each.getKey()) : 0;
    }
    return sum <= MAX;
  }

  private long sum(long iteration) {
    return sizes.headMap(iteration, true).values().stream().mapToLong(Long::longValue).sum();
  }

  /** The first iteration that does not go on, or {@link #NONE}. */
  long cut() {
    if (total <= MAX) {
      return NONE;
    }
    long sum = 0;
    for (Map.Entry<Long, Long> each : sizes.entrySet()) {
      sum += each.getValue();
      if (sum > MAX) {
        return each.getKey();
      }
    }
    return NONE;
  }
}
