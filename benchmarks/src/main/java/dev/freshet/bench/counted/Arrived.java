package dev.freshet.bench.counted;

import dev.freshet.core.batch.LongVector;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import dev.freshet.measure.Gauge;

/**
 * What came: so many rows, and the sum of their first column, which tells a row that is missing
 * from one that came twice.
 */
public record Arrived(long rows, long idSum) {
  /** Of tables whose first column is a BIGINT. */
  public static Arrived of(ChangeSet changes) {
    long rows = 0;
    long sum = 0;
    for (TableChanges table : changes.tables()) {
      long[] ids = ((LongVector) table.rows().column(0)).values();
      int count = table.rowCount();
      for (int row = 0; row < count; row++) {
        sum += ids[row];
      }
      rows += count;
    }
    return new Arrived(rows, sum);
  }

  public void addTo(Gauge gauge) {
    gauge.add(rows, idSum);
  }
}
