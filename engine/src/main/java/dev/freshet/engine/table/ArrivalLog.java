package dev.freshet.engine.table;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Gather;
import java.util.Arrays;

/**
 * The single changes of a table in a step, in the order in which they came: -1 for a row that went,
 * +1 for one that came, both for an update. One thread owns it.
 */
final class ArrivalLog {
  private int[] batches = new int[16];
  private int[] rows = new int[16];
  private long[] weights = new long[16];
  private int[] numbers = new int[16];
  private int count;
  private int first;

  /** Adds a row of the change of this number within the current set of changes. */
  void add(int change, int batch, int row, long weight) {
    if (count == rows.length) {
      batches = Arrays.copyOf(batches, 2 * count);
      rows = Arrays.copyOf(rows, 2 * count);
      weights = Arrays.copyOf(weights, 2 * count);
      numbers = Arrays.copyOf(numbers, 2 * count);
    }
    batches[count] = batch;
    rows[count] = row;
    weights[count] = weight;
    numbers[count++] = first + change;
  }

  /** Ends a set of so many changes: the next one's are numbered behind them. */
  void endChanges(int changes) {
    first += changes;
  }

  /** All changes since the last call. */
  Arrivals take(Schema schema, Batch[] from) {
    Arrivals taken =
        count == 0
            ? new Arrivals(Batch.empty(schema), new int[0])
            : new Arrivals(
                Gather.rows(schema, from, batches, rows, Arrays.copyOf(weights, count), count),
                Arrays.copyOf(numbers, count));
    count = 0;
    first = 0;
    return taken;
  }
}
