package dev.freshet.engine.oracle;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Boxed rows with weights, the slow and obvious way. */
public final class ZSet {
  private final Map<List<Object>, Long> weights = new HashMap<>();

  public static ZSet of(Batch batch) {
    ZSet set = new ZSet();
    set.addAll(batch);
    return set;
  }

  public void add(List<Object> row, long weight) {
    long sum = weights.merge(row, weight, Long::sum);
    if (sum == 0) {
      weights.remove(row);
    }
  }

  public void addAll(Batch batch) {
    for (int i = 0; i < batch.rowCount(); i++) {
      add(row(batch, i), batch.weight(i));
    }
  }

  static List<Object> row(Batch batch, int row) {
    List<Object> values = new ArrayList<>();
    for (Object value : Values.readRow(batch, row)) {
      values.add(value instanceof Double d && d == 0 ? Double.valueOf(0.0) : value);
    }
    return values;
  }

  public Map<List<Object>, Long> weights() {
    return weights;
  }

  public long total() {
    return weights.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Each row as often as its weight says. */
  List<List<Object>> rows() {
    List<List<Object>> rows = new ArrayList<>();
    weights.forEach((row, weight) -> {
      for (long i = 0; i < weight; i++) {
        rows.add(row);
      }
    });
    return rows;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ZSet set && set.weights.equals(weights);
  }

  @Override
  public int hashCode() {
    return weights.hashCode();
  }

  @Override
  public String toString() {
    return weights.toString();
  }
}
